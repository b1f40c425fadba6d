/**
 * What a generated predicate calls: values at a position, compared as the decoded values would be. Positions are those
 * of well-formed values in canonical form.
 */
import { PredicateFailed } from '../failures.js';
import { Reader, utf8Of } from './reader.js';
import type { Skip } from './skip.js';

/** Looking a text up beats comparing it with each of many. */
const MANY_TEXTS = 8;

const reader = new Reader();

/** Value of an int or of any other number of at most 53 bits; most are one byte. */
function int(b: Uint8Array, v: DataView, p: number): number {
  const x = b[p]!;
  return x < 128 ? (x >>> 1) ^ -(x & 1) : reader.open(b, v, p).number();
}

function long(b: Uint8Array, v: DataView, p: number): number | bigint {
  const x = b[p]!;
  return x < 128 ? (x >>> 1) ^ -(x & 1) : reader.open(b, v, p).long();
}

/** Position after the branch of a union or any other varint. */
function after(b: Uint8Array, p: number): number {
  while (b[p]! > 127) p += 1;
  return p + 1;
}

/** Position after values that lie before the one looked for. */
function past(skips: readonly Skip[], b: Uint8Array, v: DataView, p: number): number {
  reader.open(b, v, p);
  for (const skip of skips) skip(reader);
  return reader.at;
}

/** A bigint and a number compare exactly. */
function isOneOf(value: number | bigint, values: readonly (number | bigint)[]): boolean {
  // oxlint-disable-next-line eqeqeq -- 5n and 5 are the same number
  for (const other of values) if (value == other) return true;
  return false;
}

/** A text to compare with; `utf8` is exact because it is well-formed. */
interface Text {
  utf8: Uint8Array;
}

function startsWith(b: Uint8Array, v: DataView, p: number, { utf8 }: Text): boolean {
  const length = int(b, v, p);
  const start = after(b, p);
  if (length < utf8.length) return false;
  for (let i = 0; i < utf8.length; i += 1) if (b[start + i] !== utf8[i]) return false;
  return true;
}

const isText = (b: Uint8Array, v: DataView, p: number, text: Text): boolean =>
  int(b, v, p) === text.utf8.length && startsWith(b, v, p, text);

/**
 * Below 0, 0 or above 0, in the order of JavaScript's strings, which is that of UTF-16: as of UTF-8 but for characters
 * beyond U+FFFF, which UTF-16 sorts before U+E000.
 */
function orderOf(b: Uint8Array, v: DataView, p: number, { utf8 }: Text): number {
  const length = int(b, v, p);
  const start = after(b, p);
  const common = Math.min(length, utf8.length);
  for (let i = 0; i < common; i += 1) {
    const x = b[start + i]!;
    const y = utf8[i]!;
    if (x === y) continue;
    if (x >= 0xee && y >= 0xee && x >= 0xf0 !== y >= 0xf0) return x >= 0xf0 ? -1 : 1;
    return x - y;
  }
  return length - utf8.length;
}

interface Texts {
  each: readonly Text[];
  all: ReadonlySet<string>;
}

function isOneOfTexts(b: Uint8Array, v: DataView, p: number, { each, all }: Texts): boolean {
  if (each.length > MANY_TEXTS) {
    const length = int(b, v, p);
    const start = after(b, p);
    return all.has(utf8Of(b, start, start + length));
  }
  for (const text of each) if (isText(b, v, p, text)) return true;
  return false;
}

function failed(): never {
  throw new PredicateFailed('the event has no such field and the contract no default for it');
}

export const COMPARE = { int, long, after, past, isOneOf, startsWith, isText, orderOf, isOneOfTexts, failed };
