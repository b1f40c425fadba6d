/** What is told of a partition and of the views on it: only what is committed. Pure. */
import {
  MOST_TOLD_TROUBLES,
  type PartitionTrouble,
  type RouterBeatMessage,
  type RouterStatusMessage,
  type Ulid,
  type ViewStatusMessage,
} from '@citystreams/contracts';
import type { Counts } from '../readings/counts.js';
import type { PartitionDesk } from '../readings/partition.desk.js';
import type { Reading } from '../readings/reading.js';
import type { Seat } from '../seats/seat.js';
import type { StuckPartition } from '../tenure/tenure.js';
import type { ViewTrouble } from '../views/view.troubles.js';

export interface Teller {
  readonly slot: string;
  readonly now: Date;
  /** How long the last transaction took to end that committed something of the partition. */
  readonly transactionMsOf: (desk: PartitionDesk) => number;
  /** Why a view is stuck; undefined: it is not. */
  readonly troubleOf: (view: Ulid) => Pick<ViewTrouble, 'code' | 'detail'> | undefined;
}

/** What is told of this process itself. */
export interface RoutingState {
  /** Why nothing is routed at all; null: it is. */
  readonly trouble: string | null;
  readonly partitions: number;
}

const rounded = (ms: number): number => Math.round(ms * 10) / 10;

export function beatMessage(
  { trouble, partitions }: RoutingState,
  troubles: readonly ViewTrouble[],
  startedAt: Date,
  { slot, now }: Pick<Teller, 'slot' | 'now'>,
): RouterBeatMessage {
  return {
    format: 1,
    kind: 'router',
    slot,
    state: trouble === null ? 'routing' : 'waiting',
    detail: trouble,
    partitions,
    troubles: troubles.slice(0, MOST_TOLD_TROUBLES).map(({ view, code, detail }) => ({ view, code, detail })),
    startedAt: startedAt.toISOString(),
    at: now.toISOString(),
  };
}

export function partitionStatus(desk: PartitionDesk, teller: Teller): RouterStatusMessage {
  const { place, shared, trouble, ledger, counts } = desk;
  const position = ledger.lastCommitted.shared;
  return {
    format: 1,
    ...place,
    state: trouble !== null ? 'stuck' : shared.isWaiting ? 'waiting' : 'running',
    trouble: trouble?.code ?? null,
    detail: trouble?.detail ?? null,
    position: String(position),
    ...lag(shared, position, shared.endOffset, teller.now),
    counts: { read: counts.committed.read, quarantined: counts.committed.quarantined },
    transactionMs: rounded(teller.transactionMsOf(desk)),
    views: shared.slots.length,
    slot: teller.slot,
    at: teller.now.toISOString(),
  };
}

/** Of a partition that is not read at all, `position` is what was told of it before. */
export function stuckStatus(stuck: StuckPartition, position: string, teller: Teller): RouterStatusMessage {
  const { stream, partition, topicId, code, detail } = stuck;
  return {
    format: 1,
    stream,
    partition,
    topicId,
    state: 'stuck',
    trouble: code satisfies PartitionTrouble,
    detail,
    position,
    lagEvents: 0,
    lagSeconds: 0,
    counts: { read: 0, quarantined: 0 },
    transactionMs: 0,
    views: 0,
    slot: teller.slot,
    at: teller.now.toISOString(),
  };
}

/** One message for each view that has a seat. */
export function viewStatuses(desk: PartitionDesk, teller: Teller): ViewStatusMessage[] {
  return [...desk.ledger.lastCommitted.seats].map(([view, seat]) => viewStatus(desk, view, seat, teller));
}

function viewStatus(desk: PartitionDesk, view: Ulid, seat: Seat, teller: Teller): ViewStatusMessage {
  const { ledger, shared, own, slots, place } = desk;
  const isAdopted = seat.state === 'adopted';
  const position = isAdopted ? ledger.lastCommitted.shared : seat.position;
  const counts = slots.get(view)?.counts.committed;
  const isStopped = seat.state === 'stopped';
  const trouble = seat.state === 'ejected' ? teller.troubleOf(view) : undefined;
  const reading = own.of(view) ?? shared;
  return {
    format: 1,
    view,
    partition: place.partition,
    generation: seat.generation,
    state: isStopped ? 'stopped' : seat.state === 'ejected' ? 'failed' : 'running',
    position: String(position),
    stoppedAt: isStopped ? String(position) : null,
    counts: countsOf(counts),
    topicId: place.topicId,
    error: seat.state === 'ejected' ? textOf(trouble, 'it is tried again') : null,
    ...(trouble !== undefined && { trouble: trouble.code }),
    since: String(seat.since),
    reading: isAdopted ? 'shared' : 'catch-up',
    ...(isStopped ? { lagEvents: 0, lagSeconds: 0 } : lag(reading, position, shared.endOffset, teller.now)),
    bytes: counts?.bytes ?? 0,
    sharedReading: counts === undefined || counts.read === 0 ? 1 : counts.readShared / counts.read,
    transactionMs: rounded(teller.transactionMsOf(desk)),
    slot: teller.slot,
    at: teller.now.toISOString(),
  };
}

/** A view whose seat is gone, as it was told last: also `at` is when it was known. */
export function lostStatus(before: ViewStatusMessage, teller: Teller): ViewStatusMessage {
  const trouble = teller.troubleOf(before.view);
  const error = textOf(trouble, 'POSITION_LOST');
  return { ...before, state: 'failed', error, trouble: trouble?.code ?? 'POSITION_LOST', slot: teller.slot };
}

const textOf = (trouble: ReturnType<Teller['troubleOf']>, otherwise: string): string =>
  trouble === undefined ? otherwise : `${trouble.code}: ${trouble.detail}`;

function countsOf(counts: Counts | undefined): ViewStatusMessage['counts'] {
  if (counts === undefined) return { read: 0, written: 0, withheld: 0, quarantined: 0 };
  const { read, written, quarantined } = counts;
  return { read, written, withheld: read - written, quarantined };
}

function lag(reading: Reading, position: number, endOffset: number, now: Date) {
  const lagEvents = Math.max(0, endOffset - position);
  const isBehind = lagEvents > 0 && reading.lastTimestamp > 0;
  return { lagEvents, lagSeconds: isBehind ? Math.max(0, now.getTime() - reading.lastTimestamp) / 1000 : 0 };
}
