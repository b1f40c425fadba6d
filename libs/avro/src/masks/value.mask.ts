/**
 * Masks on decoded values, as `avsc` gives them. Straightforward on purpose: what the byte projector has to equal, and
 * what masks the default of a field in a view's schema.
 */
import { createHmac } from 'node:crypto';
import type { FieldMask } from './field.mask.js';
import type { LeafRule } from './leaf.rule.js';
import type { MaskKeys } from './mask.key.js';
import { firstAndLast, firstCharacters } from './text.js';

type MaskValue = (value: unknown) => unknown;

/** `keys`: of pseudonyms; null where no event is masked, only a default: a pseudonym is then the empty text. */
export function compileValueMask(mask: FieldMask, keys: MaskKeys | null): MaskValue {
  switch (mask.at) {
    case 'null':
      return () => null;
    case 'items': {
      const item = compileValueMask(mask.items, keys);
      return (value) => (value as unknown[]).map(item);
    }
    case 'union': {
      const inner = compileValueMask(mask.inner, keys);
      return (value) => (value === null ? null : inner(value));
    }
    case 'always':
      return compileValueMask(mask.inner, keys);
    default:
      return leaf(mask.rule, keys);
  }
}

function leaf(rule: LeafRule, keys: MaskKeys | null): MaskValue {
  switch (rule.does) {
    case 'constant':
      return () => rule.value;
    case 'floor':
      return (value) => floor(BigInt(value as number | bigint), rule);
    case 'step':
      return (value) => Math.floor((value as number) / rule.step) * rule.step;
    case 'characters':
      return (value) => firstCharacters(value as string, rule.count);
    case 'partial':
      return (value) => firstAndLast(value as string, rule.first, rule.last);
    case 'groups':
      return (value) => rule.groups.get(value as string) ?? rule.otherwise;
    default: {
      if (keys === null) return () => '';
      const key = keys(rule.key);
      return (value) => createHmac('sha256', key).update(hashed(value)).digest(rule.text);
    }
  }
}

function floor(value: bigint, { size, offset, bits }: Extract<LeafRule, { does: 'floor' }>): number | bigint {
  const over = (((value + offset) % size) + size) % size;
  const least = -(2n ** BigInt(bits - 1));
  const down = value - over < least ? least : value - over;
  return Number.isSafeInteger(Number(down)) ? Number(down) : down;
}

const hashed = (value: unknown): Buffer => (Buffer.isBuffer(value) ? value : Buffer.from(String(value), 'utf8'));
