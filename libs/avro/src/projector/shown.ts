/** Key and time of an event as a view shows them: read from the source where kept, else from what the mask made. */
import type { AvroNode } from '../model.js';
import { Reader } from './reader.js';

const plainOf = (node: AvroNode): { plain: AvroNode; nullAt: number } | null => {
  if (node.kind !== 'union') return { plain: node, nullAt: -1 };
  const others = node.branches.filter((branch) => branch.kind !== 'null');
  const plain = others[0] ?? { kind: 'null' };
  return others.length > 1 ? null : { plain, nullAt: node.branches.findIndex((branch) => branch.kind === 'null') };
};

/** The key of a record: the key field's value as UTF-8 text; null for null. */
export class ShownKey {
  /** Length of the key that was last read; -1 for null. */
  size = -1;
  private readonly reader = new Reader();
  private readonly digits = Buffer.alloc(20);
  private readonly symbols: readonly Buffer[];
  private readonly plain: AvroNode;
  private readonly nullAt: number;
  private readonly isUnion: boolean;
  private from: Uint8Array = this.digits;
  private start = 0;

  /** Throws RangeError for a type that has no text. */
  constructor(node: AvroNode) {
    const seen = plainOf(node);
    const kinds: AvroNode['kind'][] = ['string', 'int', 'long', 'enum', 'null'];
    if (seen === null || !kinds.includes(seen.plain.kind))
      throw new RangeError('a key is a text, an enum, an int or a long');
    this.plain = seen.plain;
    this.nullAt = seen.nullAt;
    this.isUnion = node.kind === 'union';
    this.symbols = seen.plain.kind === 'enum' ? seen.plain.symbols.map((symbol) => Buffer.from(symbol)) : [];
  }

  /** Reads the key from the field at `at`. */
  read(bytes: Uint8Array, data: DataView, at: number): void {
    const reader = this.reader.open(bytes, data, at);
    this.start = 0;
    if (this.isUnion && reader.number() === this.nullAt) {
      this.size = -1;
      return;
    }
    switch (this.plain.kind) {
      case 'string':
        this.size = reader.number();
        this.from = bytes;
        this.start = reader.at;
        return;
      case 'enum':
        this.from = this.symbols[reader.number()]!;
        this.size = this.from.length;
        return;
      case 'null':
        this.size = -1;
        return;
      default:
        this.from = this.digits;
        this.size = this.digits.write(String(reader.long()), 'latin1');
    }
  }

  /** Writes the key that was last read and returns the position after it. */
  write(target: Uint8Array, at: number): number {
    const { from, start, size } = this;
    for (let i = 0; i < size; i += 1) target[at + i] = from[start + i]!;
    return at + Math.max(0, size);
  }
}

/** A reader of the time in the field's own unit; null for null. Null instead of it where the field shows no number. */
export function shownTime(node: AvroNode): ((bytes: Uint8Array, data: DataView, at: number) => number | null) | null {
  const seen = plainOf(node);
  if (seen === null || (seen.plain.kind !== 'int' && seen.plain.kind !== 'long')) return null;
  const reader = new Reader();
  return (bytes, data, at) => {
    reader.open(bytes, data, at);
    return node.kind === 'union' && reader.number() === seen.nullAt ? null : Number(reader.long());
  };
}
