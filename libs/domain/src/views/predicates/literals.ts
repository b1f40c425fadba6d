/** What people write to compare a field with, to and from what the router compares it with. */
import type { Scalar } from '@citystreams/contracts';
import type { ASTNode } from '@marcbachmann/cel-js';
import type { FieldKind } from './field.kind.js';
import { clockOf, clockText, dateText, daysOf, instantOf, localOf, localText } from './times.js';

/** How a value of each kind is written. */
const EXAMPLES = {
  text: '"text"',
  boolean: 'true or false',
  number: 'a number',
  instant: 'timestamp("2026-11-23T08:00:00+08:00")',
  local: 'localTimestamp("2026-11-23T08:00:00")',
  clock: 'time("08:00:00")',
  date: 'date("2026-11-23")',
} as const;
type TimeKind = Extract<FieldKind, { is: 'instant' | 'local' | 'clock' | 'date' }>;
/** The function that writes each kind of time. */
const FUNCTIONS: Readonly<Record<TimeKind['is'], string>> = {
  instant: 'timestamp',
  local: 'localTimestamp',
  clock: 'time',
  date: 'date',
};
/** A count as the event holds it, for times that no text says. */
const COUNT = 'count';
const LEAST_LONG = -(2n ** 63n);
const GREATEST_LONG = 2n ** 63n - 1n;

export type Literal = { ok: true; value: Scalar } | { ok: false; expected: string };

export function literalOf(node: ASTNode, kind: Exclude<FieldKind, { is: 'other' }>): Literal {
  switch (kind.is) {
    case 'text':
      return textLiteral(node, kind.symbols);
    case 'boolean':
      return node.op === 'value' && typeof node.args === 'boolean' ? is(node.args) : expected(kind.is);
    case 'number':
      return numberLiteral(node) ?? expected(kind.is);
    default:
      return timeLiteral(node, kind) ?? expected(kind.is);
  }
}

const is = (value: Scalar): Literal => ({ ok: true, value });
const expected = (kind: keyof typeof EXAMPLES): Literal => ({ ok: false, expected: EXAMPLES[kind] });

function textLiteral(node: ASTNode, symbols: readonly string[] | null): Literal {
  if (node.op !== 'value' || typeof node.args !== 'string' || !node.args.isWellFormed()) {
    return symbols === null ? expected('text') : { ok: false, expected: oneOf(symbols) };
  }
  return is(node.args);
}

export const oneOf = (symbols: readonly string[]): string =>
  `one of ${symbols.map((s) => JSON.stringify(s)).join(', ')}`;

function numberLiteral(node: ASTNode): Literal | null {
  const negative = node.op === '-_';
  const inner = negative ? node.args : node;
  if (inner.op !== 'value') return null;
  const { args: value } = inner;
  if (typeof value === 'number') return is(plainNumber(negative ? -value : value));
  return typeof value === 'bigint' ? whole(negative ? -value : value) : null;
}

function whole(value: bigint): Literal | null {
  if (value < LEAST_LONG || value > GREATEST_LONG) return null;
  return is(Number.isSafeInteger(Number(value)) ? Number(value) : String(value));
}

/** Of the two zeros only one; a whole number that a double does not count exactly as its digits, if a `long` holds it. */
function plainNumber(value: number): Scalar {
  if (value === 0) return 0;
  const isDigits = Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < 2 ** 63;
  return isDigits ? String(BigInt(value)) : value;
}

function timeLiteral(node: ASTNode, kind: TimeKind): Literal | null {
  if (node.op !== 'call') return null;
  const [name, [argument, ...more]] = node.args;
  if (argument === undefined || more.length > 0) return null;
  if (name === COUNT) return numberLiteral(argument);
  if (name !== FUNCTIONS[kind.is] || argument.op !== 'value' || typeof argument.args !== 'string') return null;
  const count = countOf(argument.args, kind);
  return count === null ? null : whole(count);
}

function countOf(text: string, kind: TimeKind): bigint | null {
  switch (kind.is) {
    case 'date':
      return daysOf(text);
    case 'instant':
      return instantOf(text, kind.unit);
    case 'local':
      return localOf(text, kind.unit);
    default:
      return clockOf(text, kind.unit);
  }
}

/** What `literalOf` reads as that value. */
export function literalText(value: Scalar, kind: FieldKind | null): string {
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'string' && (kind === null || kind.is === 'text')) return JSON.stringify(value);
  const digits = typeof value === 'number' && Math.abs(value) >= 2 ** 63 ? value.toExponential() : String(value);
  if (kind === null || !('is' in kind) || !(kind.is in FUNCTIONS)) return digits;
  const time = kind as TimeKind;
  const text = /^-?\d+$/.test(digits) ? timeText(BigInt(digits), time) : null;
  return text === null ? `${COUNT}(${digits})` : `${FUNCTIONS[time.is]}("${text}")`;
}

function timeText(count: bigint, kind: TimeKind): string | null {
  switch (kind.is) {
    case 'date':
      return dateText(count);
    case 'clock':
      return clockText(count, kind.unit);
    default: {
      const text = localText(count, kind.unit);
      return text === null || kind.is === 'local' ? text : `${text}Z`;
    }
  }
}

/** A value in the one form that `literalOf` gives: digits only where a number is not exact. */
export function plainScalar(value: Scalar, kind: FieldKind | null): Scalar {
  if (typeof value === 'number') return plainNumber(value);
  if (typeof value === 'boolean' || kind === null || kind.is === 'text') return value;
  return Number.isSafeInteger(Number(value)) ? plainNumber(Number(value)) : String(BigInt(value));
}
