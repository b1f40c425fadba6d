/** What one transaction commits: the shared positions under the member's generation, each view's seats in its own group. */
import type { Ulid } from '@citystreams/contracts';
import type { Assignment, GroupPositions } from '@citystreams/kafka';
import { SHARED_GROUP, viewGroupOf } from '../positions/groups.js';
import { seatMark, sharedMark } from '../positions/stored.position.js';
import type { DeskPlace } from '../readings/partition.desk.js';
import { changedSeats, type LedgerState } from '../seats/partition.ledger.js';

export interface DeskChange {
  readonly place: DeskPlace;
  readonly before: LedgerState;
  readonly after: LedgerState;
}

type Positions = GroupPositions['positions'][number][];

/**
 * The shared position of every partition of which anything is committed comes first: it is what a former holder of the
 * partition is refused by.
 */
export function groupPositions(changes: readonly DeskChange[], assignment: Assignment): GroupPositions[] {
  const { memberId, generation, instanceId } = assignment;
  const shared: Positions = [];
  const views = new Map<Ulid, Positions>();
  for (const { place, before, after } of changes) {
    const { stream: topic, partition, topicId } = place;
    const { refused, order } = after;
    shared.push({ topic, partition, offset: after.shared, metadata: sharedMark.text({ topicId, refused, order }) });
    for (const [view, seat] of changedSeats(before, after)) {
      const positions = views.get(view) ?? [];
      positions.push({ topic, partition, offset: seat.position, metadata: seatMark.text(seat, topicId) });
      views.set(view, positions);
    }
  }
  return [
    { group: SHARED_GROUP, member: { memberId, generation, instanceId }, positions: shared },
    ...[...views].map(([view, positions]) => ({ group: viewGroupOf(view), member: null, positions })),
  ];
}
