import type { Plane } from '@citystreams/contracts';

/**
 * What a plane said when it was asked: it shows what is wanted, it shows something else, or it did not answer. Only the
 * first two are observations.
 */
export type PlaneAnswer =
  | { plane: Plane; answer: 'wanted'; at: Date }
  | { plane: Plane; answer: 'other'; at: Date; shows: string }
  | { plane: Plane; answer: 'none'; why: string };

export const wanted = (plane: Plane, at: Date): PlaneAnswer => ({ plane, answer: 'wanted', at });
export const other = (plane: Plane, at: Date, shows: string): PlaneAnswer => ({ plane, answer: 'other', at, shows });
export const silent = (plane: Plane, error: unknown): PlaneAnswer => ({
  plane,
  answer: 'none',
  why: error instanceof Error ? error.message : String(error),
});
