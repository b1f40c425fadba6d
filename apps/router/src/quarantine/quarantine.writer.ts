/**
 * Puts what is no event into the quarantine of its stream: its bytes as they were, with its reason and place in front of
 * its own headers. The platform is told of it in the same transaction, without a byte of it. Rare: objects do not matter.
 */
import {
  CONTROL_TOPICS,
  QUARANTINE_HEADERS,
  type QuarantineMessage,
  type QuarantineReason,
  quarantineTopicOf,
  type StreamName,
} from '@citystreams/contracts';
import type { Output } from '../transactions/outputs.js';
import {
  type Bytes,
  bytesOf,
  HeaderBlock,
  HeaderCursor,
  NULL_REGION,
  type RecordCursor,
} from '@citystreams/record-batch';

export interface QuarantinedRecord {
  stream: StreamName;
  partition: number;
  reason: QuarantineReason;
  record: RecordCursor;
}

const text = (value: unknown): Bytes => bytesOf(Buffer.from(String(value)));
const NO_HEADERS = new HeaderBlock();

export class QuarantineWriter {
  readonly #cursor = new HeaderCursor();
  readonly #outputs = new Map<string, Output>();

  constructor(private readonly open: (topic: string, partition: number) => Output) {}

  put(it: QuarantinedRecord, now: Date): void {
    const { stream, partition, reason, record } = it;
    const isCorrupt = reason === 'CORRUPT';
    // Of a record that could not be read, only where it lies is known.
    const offset = isCorrupt ? record.position : record.offset;
    const timestamp = isCorrupt ? now.getTime() : record.timestamp;
    const headers = this.#headers(it, offset, timestamp);
    const [start, end] = isCorrupt ? [record.start, record.end] : [record.valueStart, record.valueEnd];
    const size = start === NULL_REGION ? NULL_REGION : end - start;
    const output = this.#output(quarantineTopicOf(stream), partition).batch;
    const key = isCorrupt || record.keyStart === NULL_REGION ? null : record;
    const at = output.begin(timestamp, key, record.keyStart, record.keyEnd, size, headers, headers.start, headers.end);
    if (size > 0) record.bytes.copy(output.bytes, at, start, end);
    output.end(at + Math.max(size, 0));
    this.tell({
      format: 1,
      kind: 'quarantined',
      stream,
      partition,
      offset: String(offset),
      reason,
      size: Math.max(size, 0),
      timestamp,
      at: now.toISOString(),
    });
  }

  /** News for the platform, in the transaction in hand. */
  tell(message: QuarantineMessage): void {
    const output = this.#output(CONTROL_TOPICS.quarantine, 0).batch;
    const key = text(`${message.stream}/${message.partition}`);
    const value = text(JSON.stringify(message));
    const size = value.bytes.length;
    const timestamp = Date.parse(message.at);
    const { start, end } = NO_HEADERS;
    const at = output.begin(timestamp, key, 0, key.bytes.length, size, NO_HEADERS, start, end);
    value.bytes.copy(output.bytes, at);
    output.end(at + size);
  }

  #headers({ stream, partition, reason, record }: QuarantinedRecord, offset: number, timestamp: number): HeaderBlock {
    const block = new HeaderBlock();
    const add = (name: string, value: unknown) => {
      const bytes = text(value);
      block.add(text(name), bytes, 0, bytes.bytes.length);
    };
    add(QUARANTINE_HEADERS.reason, reason);
    add(QUARANTINE_HEADERS.topic, stream);
    add(QUARANTINE_HEADERS.partition, partition);
    add(QUARANTINE_HEADERS.offset, offset);
    add(QUARANTINE_HEADERS.timestamp, timestamp);
    if (reason === 'CORRUPT') return block;
    const cursor = this.#cursor;
    cursor.open(record);
    for (let more = cursor.next(); more; more = cursor.next()) block.addRun(record, cursor.start, cursor.end, 1);
    return block;
  }

  #output(topic: string, partition: number): Output {
    const name = `${topic}/${partition}`;
    let output = this.#outputs.get(name);
    if (output === undefined) {
      output = this.open(topic, partition);
      this.#outputs.set(name, output);
    }
    return output;
  }
}
