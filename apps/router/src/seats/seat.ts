/**
 * A view's seat at one source partition: who reads for it, and from where.
 *
 *     catching-up  its own reading, from `position` on
 *     adopted      the shared reading; `position` is where that took it over
 *     ejected      its own reading again, from `position` on, tried now and then: it failed for a reason of its own
 *     stopped      nobody; nothing from `position` on was written
 */
export type SeatState = 'catching-up' | 'adopted' | 'ejected' | 'stopped';

/** All numbers but the generation are source offsets. Never changed, only replaced. */
export interface Seat {
  readonly state: SeatState;
  readonly position: number;
  /** The first offset that the view was ever meant to have here. */
  readonly from: number;
  /** Generation of the view's announcement that is in force, and from which offset on. */
  readonly generation: number;
  readonly since: number;
}
