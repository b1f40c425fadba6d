import { type ByteView, MalformedEvent, PredicateFailed, type ScannedEvent } from '@citystreams/avro';
import { type Bytes, bytesOf, RecordBatchError, type RecordCursor } from '@citystreams/record-batch';
import { EventHeaders } from '../projection/event.headers.js';
import { ViewFault } from '../projection/view.fault.js';
import type { Slot } from './slot.js';

const WITHHELD = -1;
const FIRST_KEY_BYTES = 1024;

/**
 * Gives one event to views: each makes its own bytes of it, straight into its batch. HOT PATH: no object, closure or
 * lookup per record.
 */
export class Delivery {
  readonly #headers = new EventHeaders();
  #key: Bytes = bytesOf(Buffer.allocUnsafeSlow(FIRST_KEY_BYTES));

  /**
   * `views[i]` is the projector of `slots[i]` for the version the event was scanned with, null where that has nothing of
   * the view. `now`: the router's clock, what a record from L3 on says of its time.
   * Throws `RecordBatchError` when the record's headers are none, before any view has it; `ViewFault` when one view
   * cannot be made: those before it have the event then, so the transaction must be given up.
   */
  deliver(
    event: ScannedEvent,
    views: readonly (ByteView | null)[],
    slots: readonly Slot[],
    record: RecordCursor,
    now: number,
  ): void {
    let areHeadersRead = false;
    let i = 0;
    try {
      for (; i < slots.length; i++) {
        const slot = slots[i]!;
        const view = views[i]!;
        const size = view === null ? WITHHELD : measured(view, event);
        if (size < 0) continue;
        if (!areHeadersRead) {
          this.#headers.read(record);
          areHeadersRead = true;
        }
        this.#write(event, view, slot, size, record, now);
      }
    } catch (error) {
      if (error instanceof RecordBatchError) throw error;
      throw new ViewFault(slots[i]!.view, 'PROJECTION', 'making a record of an event failed', error);
    }
  }

  #write(event: ScannedEvent, view: ByteView, slot: Slot, size: number, record: RecordCursor, now: number): void {
    const keySize = view.keySize;
    if (keySize > this.#key.bytes.length) this.#key = bytesOf(Buffer.allocUnsafeSlow(2 * keySize));
    const key = keySize < 0 ? null : this.#key;
    if (key !== null) view.writeKey(event, key.bytes, key.view, 0);
    const keyed = slot.program.keyedHeaders;
    const output = slot.output.batch;
    let at: number;
    if (keyed === null) {
      const headers = this.#headers;
      at = output.begin(record.timestamp, key, 0, keySize, size, headers.source, headers.start, headers.end);
    } else {
      keyed.fill(this.#headers, view.time(event));
      at = output.begin(now, key, 0, keySize, size, keyed, keyed.start, keyed.end);
    }
    output.end(view.write(event, output.bytes, output.view, at));
    const counts = slot.counts.inHand;
    counts.written++;
    counts.bytes += keySize < 0 ? size : size + keySize;
  }
}

/** An event of which the predicate cannot be told, or that masks make too large to be sent, is withheld. */
function measured(view: ByteView, event: ScannedEvent): number {
  try {
    return view.measure(event);
  } catch (error) {
    if (error instanceof PredicateFailed || error instanceof MalformedEvent) return WITHHELD;
    throw error;
  }
}
