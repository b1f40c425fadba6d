/**
 * Whether bytes are one event of a writer, told the slow way: one byte at a time, straight from the specification and
 * the rules of the scanner. What the scanner's verdict has to equal.
 */
import type { AvroType } from '@citystreams/avro';
import { fieldsOf, kindOf, type WriterModel } from './writer.model.js';

/** The scanner's own bounds, said again on purpose. */
const MOST_EMPTY_ITEMS = 65_536;
/** Deeper than this the scanner may refuse, and need not. */
const DEEP = 100;

export interface Verdict {
  event: boolean;
  /** So deep that either verdict is right. */
  deep: boolean;
  /** A NaN or a map whose keys a JavaScript object does not keep in order: decoding and encoding may change these bytes. */
  loose: boolean;
}

class NotAnEvent extends Error {}

export function verdictOn(writer: WriterModel, body: Uint8Array): Verdict {
  const reading = new Reading(writer, body);
  let event = true;
  try {
    reading.read(writer.record, 0);
    event = reading.isAtEnd();
  } catch (error) {
    if (!(error instanceof NotAnEvent)) throw error;
    event = false;
  }
  return { event, deep: reading.deep, loose: reading.loose };
}

class Reading {
  deep = false;
  loose = false;
  private at = 0;
  private empty = 0;

  constructor(
    private readonly writer: WriterModel,
    private readonly body: Uint8Array,
  ) {}

  isAtEnd(): boolean {
    return this.at === this.body.length;
  }

  read(type: AvroType, depth: number): void {
    const plain = this.writer.plain(type);
    if (depth > DEEP) this.deep = true;
    if (depth > 4 * DEEP) throw new NotAnEvent();
    if (Array.isArray(plain)) return this.read(this.chosen(plain), depth);
    if (typeof plain === 'string') return this.scalar(plain);
    switch (plain.type) {
      case 'record':
        for (const field of fieldsOf(plain)) this.read(field.type, depth + 1);
        return;
      case 'enum':
        this.chosen(plain.symbols ?? []);
        return;
      case 'fixed':
        this.take(Number(plain.size));
        return;
      case 'array':
        return this.blocks(this.isEmpty(plain.items ?? 'null'), () => this.read(plain.items ?? 'null', depth));
      case 'map': {
        const keys = new Set<string>();
        return this.blocks(false, () => {
          const key = this.text();
          if (keys.has(key) || /^\d+$/.test(key) || key === '__proto__') this.loose = true;
          keys.add(key);
          this.read(plain.values ?? 'null', depth);
        });
      }
      default:
        return this.scalar(kindOf(plain));
    }
  }

  private scalar(kind: string): void {
    switch (kind) {
      case 'boolean':
        if (this.byte() > 1) throw new NotAnEvent();
        return;
      case 'int':
        this.varint(32);
        return;
      case 'long':
        this.varint(64);
        return;
      case 'float':
        if (Number.isNaN(Buffer.from(this.take(4)).readFloatLE())) this.loose = true;
        return;
      case 'double':
        if (Number.isNaN(Buffer.from(this.take(8)).readDoubleLE())) this.loose = true;
        return;
      case 'bytes':
        this.sized();
        return;
      case 'string':
        this.text();
        return;
      default:
    }
  }

  private byte(): number {
    const byte = this.body[this.at];
    if (byte === undefined) throw new NotAnEvent();
    this.at += 1;
    return byte;
  }

  private take(count: number): Uint8Array {
    if (count > this.body.length - this.at) throw new NotAnEvent();
    this.at += count;
    return this.body.subarray(this.at - count, this.at);
  }

  private varint(bits: 32 | 64): bigint {
    let value = 0n;
    for (let i = 0; i < Math.ceil(bits / 7); i += 1) {
      const byte = this.byte();
      value |= BigInt(byte & 127) << BigInt(7 * i);
      if (byte > 127) continue;
      if (value >= 1n << BigInt(bits)) throw new NotAnEvent();
      return (value >> 1n) ^ -(value & 1n);
    }
    throw new NotAnEvent();
  }

  private chosen<T>(from: readonly T[]): T {
    const index = this.varint(64);
    const chosen = index >= 0n && index < BigInt(from.length) ? from[Number(index)] : undefined;
    if (chosen === undefined) throw new NotAnEvent();
    return chosen;
  }

  private sized(): Uint8Array {
    const length = this.varint(64);
    if (length < 0n || length > BigInt(this.body.length)) throw new NotAnEvent();
    return this.take(Number(length));
  }

  private text(): string {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.sized());
    } catch {
      throw new NotAnEvent();
    }
  }

  private blocks(empty: boolean, item: () => void): void {
    for (let count = this.varint(64); count !== 0n; count = this.varint(64)) {
      const size = count < 0n ? this.varint(64) : null;
      const start = this.at;
      const items = count < 0n ? -count : count;
      if (empty) this.empty += Number(items);
      if (this.empty > MOST_EMPTY_ITEMS) throw new NotAnEvent();
      if (!empty && items > BigInt(this.body.length)) throw new NotAnEvent();
      for (let i = 0n; i < items; i += 1n) item();
      if (size !== null && size !== BigInt(this.at - start)) throw new NotAnEvent();
    }
  }

  private isEmpty(type: AvroType): boolean {
    const plain = this.writer.plain(type);
    if (typeof plain === 'string') return plain === 'null';
    if (Array.isArray(plain)) return false;
    if (plain.type === 'fixed') return Number(plain.size) === 0;
    return plain.type === 'record' && fieldsOf(plain).every((field) => this.isEmpty(field.type));
  }
}
