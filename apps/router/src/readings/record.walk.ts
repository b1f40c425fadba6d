import { MalformedEvent } from '@citystreams/avro';
import type { QuarantineReason } from '@citystreams/contracts';
import { NULL_REGION, type PartitionReader, RecordBatchError, type RecordCursor } from '@citystreams/record-batch';
import { Delivery } from './delivery.js';
import type { Reading } from './reading.js';

/** Magic byte and schema id in front of the Avro body. */
const FRAME_BYTES = 5;
const MAGIC = 0;

/**
 * Walks a reading along one partition's answer. Each record is judged, scanned once, and given to every slot. HOT PATH.
 */
export class RecordWalk {
  readonly #delivery = new Delivery();
  /** Events of the walk. */
  events = 0;

  /**
   * Handles records from the reading's offset up to `limit`, and answers the offset to read next: everything below it
   * was handled. Stops before a record that has to wait. `now`: the router's clock.
   * Throws `ViewFault`, or `RecordBatchError` for an answer that cannot be read on; the reading's offset is unchanged
   * then, and what was written since must be given up.
   */
  walk(reading: Reading, records: PartitionReader, limit: number, now: number): number {
    const record = records.records;
    this.events = 0;
    for (;;) {
      try {
        do {
          while (record.next()) {
            if (record.offset >= limit) return limit;
            if (!this.#handle(reading, record, now)) return record.offset;
            reading.lastTimestamp = record.timestamp;
          }
        } while (records.nextBatch());
        return Math.min(records.position, limit);
      } catch (error) {
        if (!(error instanceof RecordBatchError) || !isAsPublished(error)) throw error;
        const bytes = error.scope === 'record' ? record.bytes.subarray(record.start, record.end) : records.batchBytes;
        reading.judge.unreadable(reading, bytes, error.offset);
      }
    }
  }

  /** False: the record has to wait. */
  #handle(reading: Reading, record: RecordCursor, now: number): boolean {
    const { bytes, valueStart: start, valueEnd: end } = record;
    if (start === NULL_REGION) return poisoned(reading, 'TOMBSTONE', record);
    if (end - start < FRAME_BYTES || bytes[start] !== MAGIC) return poisoned(reading, 'NOT_AVRO', record);
    const schemaId = record.view.getInt32(start + 1);
    let plan = reading.plan;
    if (plan === null || plan.schemaId !== schemaId) {
      const found = reading.planned(schemaId) ?? reading.judge.planFor(reading, schemaId, record);
      if (found === 'WAIT') return false;
      if (typeof found === 'string') return poisoned(reading, found, record);
      reading.plan = plan = found;
    }
    if (record.offset <= plan.refusedUpTo) return true;
    try {
      plan.scanner.scan(bytes, record.view, start + FRAME_BYTES, end);
    } catch (error) {
      if (!(error instanceof MalformedEvent)) throw error;
      return poisoned(reading, error.code === 'TOO_LARGE' ? 'TOO_LARGE' : 'UNDECODABLE', record);
    }
    this.events++;
    if (reading.slots.length > 0) this.#delivery.deliver(plan.scanner.event, plan.views, reading.slots, record, now);
    return true;
  }
}

/**
 * Whether what cannot be read is what a publisher sent: the batch's CRC is right. Anything else may be read well another
 * time, or from another replica.
 */
const isAsPublished = ({ scope, code }: RecordBatchError): boolean =>
  scope === 'record' || (scope === 'batch' && code !== 'CRC' && code !== 'MAGIC');

function poisoned(reading: Reading, reason: QuarantineReason, record: RecordCursor): true {
  reading.judge.poisoned(reading, reason, record);
  return true;
}
