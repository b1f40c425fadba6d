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

/** Where it was read, and why it is no event. */
export interface Finding {
  readonly stream: StreamName;
  readonly partition: number;
  readonly reason: QuarantineReason;
  /** Longest value that its quarantine takes. */
  readonly mostBytes: number;
}

const text = (value: unknown): Bytes => bytesOf(Buffer.from(String(value)));
const NO_HEADERS = new HeaderBlock();

type Region = Bytes & { start: number; end: number };

function addText(block: HeaderBlock, name: string, value: unknown): void {
  const bytes = text(value);
  block.add(text(name), bytes, 0, bytes.bytes.length);
}

export class QuarantineWriter {
  readonly #cursor = new HeaderCursor();
  readonly #outputs = new Map<string, Output>();

  constructor(private readonly open: (topic: string, partition: number) => Output) {}

  /** A record that could be read, with its own key, value, headers and time. */
  put(it: Finding, record: RecordCursor, now: Date): void {
    const { keyStart, keyEnd, valueStart, valueEnd, offset, timestamp } = record;
    const headers = this.#place(it, offset, timestamp);
    const cursor = this.#cursor;
    cursor.open(record);
    for (let more = cursor.next(); more; more = cursor.next()) headers.addRun(record, cursor.start, cursor.end, 1);
    const key = keyStart === NULL_REGION ? null : { ...bytesOf(record.bytes), start: keyStart, end: keyEnd };
    const value = valueStart === NULL_REGION ? null : record.bytes.subarray(valueStart, valueEnd);
    this.#write(it, offset, timestamp, key, value, headers, now);
  }

  /** Bytes that are no record, or no batch of them: only where they lie is known. */
  putBytes(it: Finding, offset: number, bytes: Buffer, now: Date): void {
    const headers = this.#place(it, offset, now.getTime());
    this.#write(it, offset, now.getTime(), null, bytes, headers, now);
  }

  #write(
    { stream, partition, reason, mostBytes }: Finding,
    offset: number,
    timestamp: number,
    key: Region | null,
    value: Buffer | null,
    headers: HeaderBlock,
    now: Date,
  ): void {
    const size = value?.length ?? 0;
    const kept = value === null || size > mostBytes ? null : value;
    if (kept !== value) addText(headers, QUARANTINE_HEADERS.leftOut, size);
    const output = this.#output(quarantineTopicOf(stream), partition).batch;
    const { start, end } = headers;
    const keyStart = key?.start ?? NULL_REGION;
    const at = output.begin(timestamp, key, keyStart, key?.end ?? NULL_REGION, kept?.length ?? -1, headers, start, end);
    kept?.copy(output.bytes, at);
    output.end(at + (kept?.length ?? 0));
    const place = { format: 1, stream, partition, offset: String(offset) } as const;
    this.tell({ ...place, kind: 'quarantined', reason, size, timestamp, at: now.toISOString() });
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

  #place({ stream, partition, reason }: Finding, offset: number, timestamp: number): HeaderBlock {
    const block = new HeaderBlock();
    addText(block, QUARANTINE_HEADERS.reason, reason);
    addText(block, QUARANTINE_HEADERS.topic, stream);
    addText(block, QUARANTINE_HEADERS.partition, partition);
    addText(block, QUARANTINE_HEADERS.offset, offset);
    addText(block, QUARANTINE_HEADERS.timestamp, timestamp);
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
