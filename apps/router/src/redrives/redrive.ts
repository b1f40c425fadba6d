import { MalformedEvent } from '@citystreams/avro';
import { QUARANTINE_HEADERS, quarantineTopicOf, type StreamName } from '@citystreams/contracts';
import type { FetchTarget, KafkaFailure } from '@citystreams/kafka';
import {
  HeaderCursor,
  NULL_REGION,
  type PartitionReader,
  RecordBatchError,
  type RecordCursor,
} from '@citystreams/record-batch';
import type { RedriveOrder } from '../directory/orders.directory.js';
import type { StreamsDirectory } from '../directory/streams.directory.js';
import type { QuarantineWriter } from '../quarantine/quarantine.writer.js';
import { Delivery } from '../readings/delivery.js';
import type { DeskPlace } from '../readings/desk.place.js';
import type { Slot } from '../readings/slot.js';
import type { Seat } from '../seats/seat.js';
import { Revertible } from '../transactions/revertible.js';

const FRAME_BYTES = 5;
const FAILED_REST_MS = 5_000;
const OFFSET_HEADER = Buffer.from(QUARANTINE_HEADERS.offset);
const REASON_HEADER = Buffer.from(QUARANTINE_HEADERS.reason);

/** How far an order was carried out: what is committed for the quarantine's partition. */
export interface RedriveState {
  /** In the quarantine's partition, the offset to look at next. */
  readonly offset: number;
  readonly order: number;
  readonly isDone: boolean;
  readonly delivered: number;
  readonly refused: number;
}

export interface RedriveDeps {
  readonly streams: StreamsDirectory;
  readonly quarantine: QuarantineWriter;
  /** The views of the partition that may get an event, with their seats. */
  readonly running: () => Iterable<{ slot: Slot; seat: Seat }>;
  readonly onFailed: (failure: KafkaFailure) => void;
}

/**
 * Carries out one order: walks the quarantine's partition once, and hands the records of the ordered range that are
 * events now to the views that run and were meant to have them. They come after what the views have had meanwhile. A
 * record that is still none stays where it is.
 */
export class Redrive implements FetchTarget {
  readonly topic: string;
  readonly partition: number;
  readonly state: Revertible<RedriveState>;
  restsUntil = 0;
  readonly #delivery = new Delivery();
  readonly #headers = new HeaderCursor();
  readonly #except: ReadonlySet<number>;

  /** `until`: where the quarantine's partition ended when the order was taken up. */
  constructor(
    private readonly place: DeskPlace,
    readonly topicId: string,
    readonly order: RedriveOrder,
    private readonly until: number,
    start: RedriveState,
    private readonly deps: RedriveDeps,
  ) {
    this.topic = quarantineTopicOf(place.stream);
    this.partition = place.partition;
    this.state = new Revertible(start);
    this.#except = new Set(order.except?.map(Number));
  }

  get stream(): StreamName {
    return this.place.stream;
  }

  /** The quarantine cannot be read now; it is tried again. */
  failed(failure: KafkaFailure): void {
    this.restsUntil = performance.now() + FAILED_REST_MS;
    this.deps.onFailed(failure);
  }

  get offset(): number {
    return this.state.inHand.offset;
  }

  /** Throws `ViewFault`; `RecordBatchError` after what came before the fault was handled. */
  take(records: PartitionReader, now: Date): void {
    const before = this.state.inHand;
    const found = { delivered: before.delivered, refused: before.refused };
    try {
      this.#walk(records, now, found);
    } catch (error) {
      if (error instanceof RecordBatchError) this.state.set({ ...before, ...found, offset: records.position });
      throw error;
    }
    const offset = Math.min(records.position, this.until);
    const isDone = offset >= this.until;
    if (offset === before.offset && isDone === before.isDone) return;
    if (isDone) this.#tellDone(found, now);
    this.state.set({ ...before, ...found, offset, isDone });
  }

  #walk(records: PartitionReader, now: Date, found: { delivered: number; refused: number }): void {
    const { stream, partition } = this.place;
    const record = records.records;
    while (records.nextBatch()) {
      while (record.next()) {
        if (record.offset >= this.until) return;
        const source = this.#orderedOffset(record);
        if (source === null) continue;
        const outcome = this.#deliver(record, source, now.getTime()) ? 'delivered' : 'refused';
        found[outcome]++;
        const message = { order: this.order.order, offset: String(source), outcome, at: now.toISOString() } as const;
        this.deps.quarantine.tell({ format: 1, kind: 'redriven', stream, partition, ...message });
      }
    }
  }

  /** True: it is an event now, and every view that is meant to have it has it. */
  #deliver(record: RecordCursor, source: number, now: number): boolean {
    const { bytes, view, valueStart: start, valueEnd: end } = record;
    if (start === NULL_REGION || end - start < FRAME_BYTES || bytes[start] !== 0) return false;
    const version = this.deps.streams.program(this.place.stream)?.versions.get(view.getInt32(start + 1));
    if (version === undefined) return false;
    try {
      version.scanner.scan(bytes, view, start + FRAME_BYTES, end);
    } catch (error) {
      if (!(error instanceof MalformedEvent)) throw error;
      return false;
    }
    const meant = [...this.deps.running()].filter(({ seat }) => seat.from <= source);
    const slots = meant.map(({ slot }) => slot);
    const views = slots.map((slot) => slot.program.projector(version));
    this.#delivery.deliver(version.scanner.event, views, slots, record, now);
    for (const { counts } of slots) counts.inHand.read++;
    return true;
  }

  #tellDone(found: { delivered: number; refused: number }, now: Date): void {
    const { stream, partition } = this.place;
    const message = { order: this.order.order, ...found, at: now.toISOString() };
    this.deps.quarantine.tell({ format: 1, kind: 'redrive-done', stream, partition, ...message });
  }

  /**
   * Its offset in the source, if the order is for it. The place of a record in quarantine stands in front of its own
   * headers, so the first of each name counts.
   */
  #orderedOffset(record: RecordCursor): number | null {
    const { reason } = this.order;
    const from = Number(this.order.from);
    const to = Number(this.order.to);
    const cursor = this.#headers;
    cursor.open(record);
    let isMeant = reason === undefined;
    while (cursor.next()) {
      if (cursor.valueStart === NULL_REGION) continue;
      if (!isMeant && cursor.isNamed(REASON_HEADER)) {
        if (this.#headerText() !== reason) return null;
        isMeant = true;
      }
      if (!cursor.isNamed(OFFSET_HEADER)) continue;
      const offset = Number(this.#headerText());
      const isOrdered = isMeant && Number.isSafeInteger(offset) && offset >= from && offset <= to;
      return isOrdered && !this.#except.has(offset) ? offset : null;
    }
    return null;
  }

  #headerText(): string {
    const { bytes, valueStart, valueEnd } = this.#headers;
    return bytes.toString('latin1', valueStart, valueEnd);
  }
}
