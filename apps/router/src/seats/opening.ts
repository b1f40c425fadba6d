/** Where everything on one source partition begins when this process takes it up. Pure. */
import type { PartitionTrouble } from '@citystreams/contracts';
import type { LedgerState } from './partition.ledger.js';
import type { Seat } from './seat.js';

/** What is known of a partition of a stream before it is read. */
export interface PartitionFacts {
  topicId: string;
  stored: (Pick<LedgerState, 'refused' | 'order'> & { offset: number; topicId: string }) | null;
  /** What routers reported of it last, and of which topic; null: it was never read. */
  reported: { topicId: string; trouble: PartitionTrouble | null } | null;
  /** Committed by the first router, which kept its positions elsewhere. */
  firstRouter: number | null;
  /** The first offset that the source still holds. */
  earliest: number;
}

export type Opening =
  | { kind: 'open'; state: LedgerState; isStored: boolean }
  | { kind: 'stuck'; trouble: Extract<PartitionTrouble, 'POSITION_LOST' | 'TOPIC_RECREATED'> };

/**
 * A committed position is gone on with, if it belongs to the topic that is there. What was never read begins at the
 * source's beginning; what was read before and has no position is lost, and only an order begins it anew.
 */
export function openingOf({ stored, topicId, reported, firstRouter, earliest }: PartitionFacts): Opening {
  if (stored === null && reported !== null) {
    // Kafka forgets the positions of a topic that is deleted. Once that is told, the report names the topic that came.
    const isRecreated = reported.topicId !== topicId || reported.trouble === 'TOPIC_RECREATED';
    return { kind: 'stuck', trouble: isRecreated ? 'TOPIC_RECREATED' : 'POSITION_LOST' };
  }
  if (stored !== null && stored.topicId !== topicId) return { kind: 'stuck', trouble: 'TOPIC_RECREATED' };
  const shared = stored?.offset ?? firstRouter ?? earliest;
  const { refused, order } = stored ?? { refused: {}, order: -1 };
  return { kind: 'open', state: { shared, refused, order, seats: new Map() }, isStored: stored !== null };
}

/** What is known of one view on a partition that is open. */
export interface SeatFacts {
  topicId: string;
  /** Committed with the source's id it belongs to; null: nothing is. */
  stored: { seat: Seat; topicId: string } | null;
  /** What routers reported of the view here last. `stoppedAt`: null while it was running, or failing. */
  reported: { stoppedAt: number | null; topicId?: string | undefined } | null;
  firstRouter: number | null;
  generation: number;
}

/** The seat that a view goes on with. `new`: it has never had one; `lost`: it had one, and where that was is gone. */
export function seatOf({ stored, topicId, reported, firstRouter, generation }: SeatFacts): Seat | 'new' | 'lost' {
  if (stored !== null) return stored.topicId === topicId ? stored.seat : 'lost';
  if (firstRouter !== null) {
    return { state: 'catching-up', position: firstRouter, from: firstRouter, generation, since: firstRouter };
  }
  if (reported === null) return 'new';
  // Reports never expire: where a view stopped is known also when its group has forgotten it, if that was in this topic.
  const { stoppedAt: at } = reported;
  const isOfAnother = reported.topicId !== undefined && reported.topicId !== topicId;
  return at === null || isOfAnother ? 'lost' : { state: 'stopped', position: at, from: at, generation, since: at };
}

/**
 * The seat after somebody ordered to begin anew at an offset of the topic that is there now: a view that was with the
 * shared reading or on its way to it goes on from there, and so does one whose seat was lost. Null: it had none.
 */
export function seatAnew({ stored, reported, generation }: SeatFacts, at: number): Seat | null {
  if (stored === null && reported === null) return null;
  const isStopped = stored === null ? reported?.stoppedAt !== null : stored.seat.state === 'stopped';
  const state = isStopped ? 'stopped' : 'adopted';
  return { state, position: at, from: at, generation: stored?.seat.generation ?? generation, since: at };
}
