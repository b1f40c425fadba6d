/**
 * Which mask fits which scalar type, and what it then does, with everything that can be worked out beforehand.
 */
import type { ExecutableMask, MaskKeyScope } from '@citystreams/contracts';
import type { ChangingMask } from '../keep.js';
import type { AvroNode } from '../model.js';

export type LeafRule =
  | { does: 'constant'; value: string | number | bigint | boolean }
  /** An integer down to a multiple of `size`, counted from `-offset`; never below what the type can hold. */
  | { does: 'floor'; size: bigint; offset: bigint; bits: 32 | 64 }
  /** A float or double down to a multiple of `step`. */
  | { does: 'step'; step: number }
  | { does: 'characters'; count: number }
  | { does: 'partial'; first: number; last: number }
  | { does: 'groups'; groups: ReadonlyMap<string, string>; otherwise: string }
  | { does: 'pseudonym'; text: 'hex' | 'base64url'; key: MaskKeyScope };

/** Stands for what `partial` hides. */
export const HIDDEN = '***';

/** Metres in a degree of latitude where that is shortest, at the equator: no cell is narrower than asked. */
const METRES_PER_DEGREE_NORTH = 110_574;
/** Metres in a degree of longitude at the equator. */
const METRES_PER_DEGREE_EAST = 111_320;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const MINUTE_MS = 60_000n;
/** Units in a millisecond; the offset of a clock counts for the types that are an instant. */
const TIMES: Readonly<
  Record<string, { base: 'int' | 'long'; perMs: bigint; instant: boolean; longest: 'hour' | 'day' }>
> = {
  'timestamp-millis': { base: 'long', perMs: 1n, instant: true, longest: 'day' },
  'timestamp-micros': { base: 'long', perMs: 1_000n, instant: true, longest: 'day' },
  'timestamp-nanos': { base: 'long', perMs: 1_000_000n, instant: true, longest: 'day' },
  'local-timestamp-millis': { base: 'long', perMs: 1n, instant: false, longest: 'day' },
  'local-timestamp-micros': { base: 'long', perMs: 1_000n, instant: false, longest: 'day' },
  'local-timestamp-nanos': { base: 'long', perMs: 1_000_000n, instant: false, longest: 'day' },
  'time-millis': { base: 'int', perMs: 1n, instant: false, longest: 'hour' },
  'time-micros': { base: 'long', perMs: 1_000n, instant: false, longest: 'hour' },
};

/** The rule, or in words why the mask does not fit. */
export function leafRule(node: AvroNode, mask: Exclude<ChangingMask, { kind: 'null' }>): LeafRule | string {
  switch (mask.kind) {
    case 'constant':
      return constant(node, mask.value);
    case 'truncate':
      return truncate(node, mask.to);
    case 'generalise':
      return mask.to.by === 'step' ? step(node, mask.to.step) : groups(node, mask.to.groups, mask.to.otherwise);
    case 'partial':
      return isText(node) ? { does: 'partial', first: mask.first, last: mask.last } : needsText('partial');
    default:
      return isText(node) || isInteger(node) || node.kind === 'bytes' || node.kind === 'fixed'
        ? { does: 'pseudonym', text: mask.text, key: mask.key }
        : 'a pseudonym stands for a text, an enum, an int, a long or bytes';
  }
}

/** Whether the view shows a string, whatever the field's own type is. */
export const showsText = (mask: ExecutableMask): boolean =>
  mask.kind === 'pseudonym' ||
  mask.kind === 'partial' ||
  (mask.kind === 'truncate' && mask.to.unit === 'characters') ||
  (mask.kind === 'generalise' && mask.to.by === 'groups');

const isText = (node: AvroNode): boolean => node.kind === 'string' || node.kind === 'enum';
const isInteger = (node: AvroNode): node is { kind: 'int' | 'long' } => node.kind === 'int' || node.kind === 'long';
const isReal = (node: AvroNode): boolean => node.kind === 'float' || node.kind === 'double';
const bitsOf = (node: { kind: 'int' | 'long' }): 32 | 64 => (node.kind === 'int' ? 32 : 64);
const needsText = (kind: string): string => `${kind} needs a text or an enum`;

function truncate(node: AvroNode, to: Extract<ExecutableMask, { kind: 'truncate' }>['to']): LeafRule | string {
  switch (to.unit) {
    case 'characters':
      return isText(node) ? { does: 'characters', count: to.count } : needsText('truncate to characters');
    case 'degrees':
      return isReal(node) ? { does: 'step', step: to.size } : 'a place is a float or double of degrees';
    case 'metres': {
      if (!isReal(node)) return 'a place is a float or double of degrees';
      const perDegree =
        to.axis === 'latitude'
          ? METRES_PER_DEGREE_NORTH
          : METRES_PER_DEGREE_EAST * Math.cos((to.latitude * Math.PI) / 180);
      return { does: 'step', step: to.size / perDegree };
    }
    default:
      return time(node, to.unit, to.utcOffsetMinutes ?? 0);
  }
}

function time(node: AvroNode, unit: 'hour' | 'day', offsetMinutes: number): LeafRule | string {
  const unknown = 'the field is not a time whose unit is known: it needs a logical type of Avro';
  if (!isInteger(node) || !('logical' in node) || typeof node.logical !== 'string') return unknown;
  if (node.logical === 'date' && node.kind === 'int') return { does: 'floor', size: 1n, offset: 0n, bits: 32 };
  const known = Object.hasOwn(TIMES, node.logical) ? TIMES[node.logical] : undefined;
  if (known === undefined || known.base !== node.kind) return unknown;
  if (unit === 'day' && known.longest === 'hour') return 'a time of day has no day';
  return {
    does: 'floor',
    size: known.perMs * MINUTE_MS * 60n * (unit === 'day' ? 24n : 1n),
    offset: known.instant ? BigInt(offsetMinutes) * MINUTE_MS * known.perMs : 0n,
    bits: bitsOf(node),
  };
}

function step(node: AvroNode, size: number): LeafRule | string {
  if (isReal(node)) return { does: 'step', step: size };
  if (!isInteger(node)) return 'a step needs a number';
  if (!Number.isSafeInteger(size)) return 'the step of a whole number is a whole number';
  return { does: 'floor', size: BigInt(size), offset: 0n, bits: bitsOf(node) };
}

function groups(node: AvroNode, names: Readonly<Record<string, string>>, otherwise: string): LeafRule | string {
  if (!isText(node)) return needsText('a group');
  if (![otherwise, ...Object.values(names)].every((n) => n.isWellFormed())) return 'the name of a group is not text';
  return { does: 'groups', groups: new Map(Object.entries(names)), otherwise };
}

function constant(node: AvroNode, value: string | number | boolean): LeafRule | string {
  const fits = constantOf(node, value);
  return fits === null ? 'the constant is not a value of the field' : { does: 'constant', value: fits };
}

function constantOf(node: AvroNode, value: string | number | boolean): string | number | bigint | boolean | null {
  switch (node.kind) {
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'int':
      return typeof value === 'number' && value === (value | 0) ? value : null;
    case 'long':
      return longOf(value);
    case 'float':
    case 'double':
      return typeof value === 'number' ? value : null;
    case 'string':
      if (typeof value !== 'string' || !value.isWellFormed()) return null;
      // The view's schema goes on saying that it is one.
      return 'logical' in node && node.logical === 'uuid' && !UUID.test(value) ? null : value;
    case 'enum':
      return typeof value === 'string' && node.symbols.includes(value) ? value : null;
    default:
      return null;
  }
}

function longOf(value: string | number | boolean): number | bigint | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : null;
  if (typeof value !== 'string' || !/^-?\d{1,19}$/.test(value)) return null;
  const wide = BigInt(value);
  if (BigInt.asIntN(64, wide) !== wide) return null;
  return Number.isSafeInteger(Number(wide)) ? Number(wide) : wide;
}
