import { crc32c } from '@node-rs/crc32';
import type { AbortedTransaction } from '../reading/aborted.ranges.js';
import { plainDecompress, Undecodable } from './plain.codecs.js';

/** A fault found: its code, and how much it costs. */
class Fault extends Error {
  constructor(
    readonly code: string,
    readonly scope: 'record' | 'batch' | 'answer',
  ) {
    super(code);
  }
}

const SAFE = BigInt(Number.MAX_SAFE_INTEGER);
const isExact = (value: bigint) => value >= -SAFE && value <= SAFE;

/** Fields out of a copy of the bytes that has nothing after their end. */
class Fields {
  at = 0;
  constructor(
    readonly bytes: Buffer,
    readonly scope: 'record' | 'batch',
  ) {}

  get left(): number {
    return this.bytes.length - this.at;
  }

  varint(bits: 32 | 64): bigint {
    let zigzag = 0n;
    for (let i = 0n; ; i++) {
      if (this.left === 0 || i === (bits === 32 ? 5n : 10n)) throw new Fault('VARINT', this.scope);
      const byte = this.bytes[this.at++]!;
      zigzag |= BigInt(byte & 127) << (7n * i);
      if (byte < 128) break;
    }
    if (zigzag >= 1n << BigInt(bits)) throw new Fault('VARINT', this.scope);
    return (zigzag & 1n) === 0n ? zigzag >> 1n : -(zigzag >> 1n) - 1n;
  }

  region(nullable: boolean): string {
    const length = this.varint(32);
    if (length === -1n && nullable) return 'null';
    if (length < 0n || length > BigInt(this.left)) throw new Fault('FIELD_LENGTH', this.scope);
    const start = this.at;
    this.at += Number(length);
    return this.bytes.toString('latin1', start, this.at);
  }
}

interface Batch {
  base: bigint;
  lastDelta: bigint;
  count: number;
  time: bigint;
  appendTime: bigint | null;
  records: Buffer;
}

/** What is read of an answer, record by record and fault by fault, as lines of text. Never mind how slowly. */
export class PlainReader {
  readonly lines: string[] = [];
  #position: number;
  readonly #aborted: readonly AbortedTransaction[];
  readonly #bound: number;
  /** Last marker seen of each producer. */
  readonly #markers = new Map<bigint, bigint>();

  constructor(position: number, aborted: readonly AbortedTransaction[], bound: number) {
    this.#position = position;
    this.#aborted = aborted;
    this.#bound = bound;
  }

  read(answer: Buffer): void {
    let at = 0;
    let floor = 0n;
    while (answer.length - at >= 12) {
      const size = answer.readInt32BE(at + 8) + 12;
      try {
        if (size < 61) throw new Fault('BATCH_LENGTH', 'answer');
        if (size > answer.length - at) break;
        const bytes = Buffer.from(answer.subarray(at, at + size));
        at += size;
        floor = this.#batch(bytes, floor);
      } catch (fault) {
        if (!(fault instanceof Fault)) throw fault;
        this.#note(fault);
        if (fault.scope === 'answer') break;
        floor = this.#floorAfter ?? floor;
      }
    }
    this.lines.push(`position ${this.#position}`);
  }

  /** Set as soon as the batch's offsets are believed. */
  #floorAfter: bigint | null = null;

  #batch(bytes: Buffer, floor: bigint): bigint {
    this.#floorAfter = null;
    if (bytes[16] !== 2) throw new Fault('MAGIC', 'batch');
    if (crc32c(bytes.subarray(21)) !== bytes.readUInt32BE(17)) throw new Fault('CRC', 'batch');
    const base = bytes.readBigInt64BE(0);
    const lastDelta = BigInt(bytes.readInt32BE(23));
    const last = base + lastDelta;
    if (base < floor || !isExact(base) || last >= SAFE) throw new Fault('BATCH_OFFSETS', 'answer');
    const count = bytes.readInt32BE(57);
    if (lastDelta < 0n || count < 0 || BigInt(count) > lastDelta + 1n) throw new Fault('BATCH_OFFSETS', 'batch');
    this.#floorAfter = last + 1n;

    const attributes = bytes.readInt16BE(21);
    const producer = bytes.readBigInt64BE(43);
    // Aborted: some listed transaction of this producer began at or before here, and no marker came since it began.
    const isAborted = this.#aborted.some(
      ({ producerId, firstOffset }) =>
        producerId === producer &&
        BigInt(firstOffset) <= last &&
        !((this.#markers.get(producer) ?? -1n) >= BigInt(firstOffset)),
    );
    if ((attributes & 32) !== 0) this.#markers.set(producer, last);
    const leftOut = (attributes & 32) !== 0 || ((attributes & 16) !== 0 && isAborted);
    if (!leftOut && Number(last) >= this.#position) this.#records(bytes, { base, lastDelta, count, attributes });
    this.#position = Math.max(this.#position, Number(last) + 1);
    return last + 1n;
  }

  #records(
    bytes: Buffer,
    { base, lastDelta, count, attributes }: { base: bigint; lastDelta: bigint; count: number; attributes: number },
  ): void {
    const time = bytes.readBigInt64BE(27);
    const appendTime = (attributes & 8) === 0 ? null : bytes.readBigInt64BE(35);
    try {
      const compressed = bytes.subarray(61);
      const codec = compressed.length === 0 ? 0 : attributes & 7;
      const records = codec === 0 ? compressed : plainDecompress(codec, compressed, this.#bound);
      this.#walk({ base, lastDelta, count, time, appendTime, records });
    } catch (error) {
      if (error instanceof Undecodable) this.#note(new Fault(error.refusal, 'batch'));
      else if (error instanceof Fault && error.scope === 'batch') this.#note(error);
      else throw error;
    }
  }

  #walk({ base, lastDelta, count, time, appendTime, records }: Batch): void {
    const fields = new Fields(records, 'batch');
    let previous = -1n;
    for (let i = 0; i < count; i++) {
      const length = fields.varint(32);
      if (length < 6n || length > BigInt(fields.left)) throw new Fault('RECORD_LENGTH', 'batch');
      const start = fields.at;
      fields.at += Number(length);
      try {
        const record = new Fields(Buffer.from(records.subarray(start, fields.at)), 'record');
        record.at = 1;
        const ownTime = record.varint(64);
        const delta = record.varint(32);
        if (delta <= previous || delta > lastDelta) throw new Fault('RECORD_OFFSET', 'record');
        previous = delta;
        const offset = Number(base + delta);
        const wanted = offset >= this.#position;
        if (wanted) this.#position = offset;
        this.#record(record, offset, appendTime ?? exactSum(time, ownTime), wanted);
      } catch (fault) {
        if (!(fault instanceof Fault) || fault.scope !== 'record') throw fault;
        this.#note(fault);
      }
    }
    if (fields.left > 0) throw new Fault('TRAILING_BYTES', 'batch');
  }

  #record(record: Fields, offset: number, time: bigint | null, wanted: boolean): void {
    if (time === null || !isExact(time)) throw new Fault('TIMESTAMP', 'record');
    const key = record.region(true);
    const value = record.region(true);
    if (record.left === 0) throw new Fault('HEADER_COUNT', 'record');
    if (!wanted) return;
    this.#position = offset + 1;
    this.lines.push(`${offset} ${time} ${key} ${value}`);
    const count = record.varint(32);
    if (count < 0n || count > BigInt(record.left) / 2n) throw new Fault('HEADER_COUNT', 'record');
    for (let i = 0n; i < count; i++) this.lines.push(`${record.region(false)}: ${record.region(true)}`);
    if (record.left > 0) throw new Fault('TRAILING_BYTES', 'record');
  }

  #note({ code, scope }: Fault): void {
    this.lines.push(`${code} costs the ${scope}`);
  }
}

/** The sum of a base and a delta that numbers hold exactly, null when one is beyond them. -2^53 is not: a delta may be. */
function exactSum(base: bigint, delta: bigint): bigint | null {
  return isExact(base) && (isExact(delta) || delta === -SAFE - 1n) ? base + delta : null;
}
