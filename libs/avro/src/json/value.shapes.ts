/** What a JSON value is, before anybody asks whether it fits. */
import { type Node, shapesOf } from './node.js';
import { Numeral } from './numeral.js';

const WHOLE = /^-?\d+$/;
/** No whole number of 64 bits has more; keeps a hostile text from becoming a huge bigint. */
const MOST_DIGITS = 20;
const NOT_FINITE: Readonly<Record<string, number>> = { NaN, Infinity, '-Infinity': -Infinity };

export const isText = (value: unknown): value is string => typeof value === 'string' && value.isWellFormed();

export const isMembers = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Numeral);

/** A whole number, also as digits in a string; null for anything that would lose a digit. */
export function wholeOf(value: unknown): bigint | null {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : null;
  const text = value instanceof Numeral ? value.source : value;
  return typeof text === 'string' && text.length <= MOST_DIGITS && WHOLE.test(text) ? BigInt(text) : null;
}

/** A floating point number, rounded to what its type can hold as every writer of Avro does; null beyond its range. */
export function doubleOf(value: unknown, kind: 'float' | 'double'): number | null {
  if (typeof value === 'string') return NOT_FINITE[value] ?? null;
  const number = value instanceof Numeral ? Number(value.source) : value;
  if (typeof number !== 'number') return null;
  return Number.isFinite(kind === 'float' ? Math.fround(number) : number) ? number : null;
}

/** For a union whose branches no two kinds of JSON value share. */
export const looksLike = (branch: Node, value: unknown): boolean => shapesOf(branch).includes(shapeOf(value));

function shapeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (value instanceof Numeral || typeof value === 'bigint') return 'number';
  return typeof value;
}

export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  const shape = shapeOf(value);
  if (shape !== 'number' || typeof value !== 'number') return shape;
  return Number.isInteger(value) ? 'integer' : 'number';
}

/** A type in words for the person whose value did not fit. */
export function expectedOf(node: Node): string {
  switch (node.kind) {
    case 'union':
      return node.branches.map(expectedOf).join(' or ');
    case 'enum':
      return `one of ${node.symbols.join(', ')}`;
    case 'decimal':
      return `decimal of ${node.precision} digits, ${node.scale} after the point`;
    case 'timestamp':
      return `${node.local ? 'local time' : 'time with its offset'}, like ${node.local ? '2026-11-23T08:00:00' : '2026-11-23T08:00:00Z'}, ${UNITS[node.digits]}`;
    case 'time':
      return `time of day, like 08:00:00, ${UNITS[node.digits]}`;
    case 'date':
      return 'date, like 2026-11-23';
    case 'duration':
      return '{"months": ..., "days": ..., "millis": ...}';
    case 'bytes':
      return 'base64';
    case 'fixed':
      return `base64 of ${node.size} bytes`;
    case 'record':
    case 'map':
      return 'object';
    default:
      return node.kind;
  }
}

const UNITS = { 3: 'to the millisecond', 6: 'to the microsecond', 9: 'to the nanosecond' } as const;
