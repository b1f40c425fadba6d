import { describe, expect, test } from '@jest/globals';
import {
  type AvroNode,
  type AvroRecord,
  type AvroType,
  compileCodec,
  compileProjector,
  deriveMaskKey,
  fieldsAt,
  resolveRecord,
} from '@citystreams/avro';
import type { ExecutableMask, Mask, Ulid } from '@citystreams/contracts';
import { joinMasks } from './join.js';
import { formatMask } from './mask.format.js';
import { isCoarserOrEqual } from './order.js';
import { misfit } from './shown.js';

const KEEP: Mask = { kind: 'keep' };
const time = (unit: 'hour' | 'day', utcOffsetMinutes?: number): Mask => ({
  kind: 'truncate',
  to: { unit, ...(utcOffsetMinutes !== undefined && { utcOffsetMinutes }) },
});
const first = (count: number): Mask => ({ kind: 'truncate', to: { unit: 'characters', count } });
const partial = (one: number, last: number): Mask => ({ kind: 'partial', first: one, last });
const step = (size: number): Mask => ({ kind: 'generalise', to: { by: 'step', step: size } });
const degrees = (size: number): Mask => ({ kind: 'truncate', to: { unit: 'degrees', size } });
const metres = (size: number): Mask => ({
  kind: 'truncate',
  to: { unit: 'metres', axis: 'longitude', size, latitude: 22.9 },
});
const groups = (named: Record<string, string>, otherwise: string): Mask => ({
  kind: 'generalise',
  to: { by: 'groups', groups: named, otherwise },
});
const pseudonym = (per: 'purpose' | 'entitlement', text: 'hex' | 'base64url' = 'hex'): Mask => ({
  kind: 'pseudonym',
  per,
  text,
});
const constant = (value: string | number): Mask => ({ kind: 'constant', value });
const EVERY: Mask[] = [KEEP, { kind: 'drop' }, { kind: 'null' }];
const PSEUDONYMS = [pseudonym('purpose'), pseudonym('purpose', 'base64url'), pseudonym('entitlement')];
const FLU = { flu: 'lung', asthma: 'lung', fracture: 'bone' };
const TEXTS = [
  ...EVERY,
  ...PSEUDONYMS,
  constant('flu'),
  ...[0, 1, 3, 4, 9].map(first),
  partial(0, 0),
  partial(1, 1),
  partial(3, 0),
  partial(3, 4),
  partial(0, 3),
  groups(FLU, 'other'),
  groups({ flu: 'lung', asthma: 'lung' }, 'other'),
  groups({ flu: 'a', asthma: 'b' }, 'c'),
  groups({ flu: 'x' }, 'x'),
];
const TIMES = [
  ...EVERY,
  ...PSEUDONYMS,
  constant(0),
  time('hour'),
  time('hour', 480),
  time('hour', 330),
  time('day'),
  time('day', 480),
  time('day', -210),
  step(1000),
  step(3_600_000),
  step(7_200_000),
  step(86_400_000),
];
const cells = (size: number): number[] =>
  [-5, -2, -1, 0, 1, 2, 3, 4, 5, 7, 8, 1000, 4096].flatMap((k) => {
    const edge = k * size;
    const ulp = Math.max(Math.abs(edge) * 2 ** -52, 1e-300);
    return [edge - 2 * ulp, edge - ulp, edge, edge + ulp, edge + size * 0.4];
  });
const REALS = [
  ...EVERY,
  constant(1.5),
  ...[0.5, 1, 0.01, 0.02, 0.03, 0.04, 0.1].map(step),
  degrees(0.01),
  ...[500, 1000, 1500, 4000].map(metres),
];
const MIDNIGHT = Date.UTC(2026, 2, 1);

interface Family {
  type: AvroType;
  masks: readonly Mask[];
  values: readonly unknown[];
}
const texts = [
  '',
  'flu',
  'flux',
  'fluxes',
  'asthma',
  'asthmatic',
  'fracture',
  'fra',
  'fr',
  'abcdefg',
  'abcXefg',
  'abXdefg',
  '深圳市',
  '深圳',
];
const symbols = ['flu', 'asthma', 'fracture', 'fraction', 'cold'];
const instants = [0, 1, 59 * 60_000, 3_600_000, 8 * 3_600_000, 16 * 3_600_000, 86_399_999].flatMap((ms) => [
  MIDNIGHT + ms,
  -ms,
]);
const FAMILIES: Record<string, Family> = {
  text: { type: 'string', masks: TEXTS, values: texts },
  'text that may be null': { type: ['null', 'string'], masks: TEXTS, values: [null, ...texts] },
  'a list of texts': { type: { type: 'array', items: 'string' }, masks: TEXTS, values: texts.map((t) => [t, 'flu']) },
  'an enum': { type: { type: 'enum', name: 'E', symbols }, masks: TEXTS, values: symbols },
  'a moment': {
    type: { type: 'long', logicalType: 'timestamp-millis' },
    masks: TIMES,
    values: [...instants, -(2n ** 63n), 2n ** 63n - 1n],
  },
  'a whole number': {
    type: 'int',
    masks: [...EVERY, ...PSEUDONYMS, constant(7), ...[1, 2, 3, 4, 6, 12, 1000].map(step)],
    values: [-(2 ** 31), -1000, -13, -1, 0, 1, 2, 3, 4, 5, 6, 11, 12, 13, 999, 1000, 2 ** 31 - 1],
  },
  'a number': {
    type: 'double',
    masks: REALS,
    values: [0, -0, ...[0.01, 0.02, 0.5, 500 / 110_574].flatMap(cells), Number.NaN, Number.POSITIVE_INFINITY],
  },
  'a record': {
    type: { type: 'record', name: 'R', fields: [{ name: 'a', type: 'int' }] },
    masks: EVERY,
    values: [{ a: 1 }, { a: 2 }],
  },
};

const writerOf = (type: AvroType): AvroRecord => ({
  type: 'record',
  name: 'Event',
  fields: [
    { name: 'f', type },
    { name: 'g', type: 'int' },
  ],
});
const nodeOf = (type: AvroType): AvroNode => {
  const [node] = fieldsAt(resolveRecord(writerOf(type)), ['f']);
  if (node === undefined) throw new Error('no field');
  return node;
};
const executable = (mask: Mask): ExecutableMask =>
  mask.kind === 'pseudonym'
    ? {
        kind: 'pseudonym',
        text: mask.text,
        key:
          mask.per === 'purpose'
            ? { per: 'purpose', purpose: 'p' }
            : { per: 'entitlement', entitlement: '01JZZZZZZZZZZZZZZZZZZZZZZZ' as Ulid },
      }
    : mask;

/** The bytes that the byte projector makes of each value under a mask. */
function shownUnder(mask: Mask, { type, values }: Family): string[] {
  const writer = writerOf(type);
  const codec = compileCodec(writer);
  const projector = compileProjector({
    writer,
    fields: ['f', 'g'],
    masks: { f: executable(mask) },
    maskKey: (scope) => deriveMaskKey(Buffer.alloc(32, 7), scope, 1),
    predicate: null,
    key: null,
    time: null,
  });
  return values.map((f) => projector.project(codec.encode({ f, g: 1 }))?.body.toString('hex') ?? 'withheld');
}

describe.each(Object.entries(FAMILIES))('masks of %s', (_, family) => {
  const node = nodeOf(family.type);
  const masks = family.masks.filter((mask) => misfit(mask, node) === null);
  const shown = new Map(masks.map((mask) => [mask, shownUnder(mask, family)]));
  const pairs = masks.flatMap((a) => masks.map((b): [Mask, Mask] => [a, b]));

  test('a coarser one shows alike whatever the finer one shows alike', () => {
    const compared = pairs.filter(([a, b]) => a !== b && isCoarserOrEqual(a, b, node));
    expect(compared.length).toBeGreaterThan(2);
    const wrong = compared.filter(([a, b]) => {
      const [less, more] = [shown.get(a) ?? [], shown.get(b) ?? []];
      return more.some((seen, i) => less[i] !== less[more.indexOf(seen)]);
    });
    expect(wrong.map(([a, b]) => `${formatMask(a)} is not a function of ${formatMask(b)}`)).toEqual([]);
  });

  test('what shows something is coarser than no mask that hides more', () => {
    const distinct = (mask: Mask): number => new Set(shown.get(mask)).size;
    const wrong = pairs.filter(([a, b]) => isCoarserOrEqual(a, b, node) && distinct(a) > distinct(b));
    expect(wrong).toEqual([]);
  });

  test('are in order: each with itself, through a third, all between keep and drop', () => {
    for (const a of masks) {
      expect(isCoarserOrEqual(a, a, node)).toBe(true);
      expect(isCoarserOrEqual(a, KEEP, node)).toBe(true);
      expect(isCoarserOrEqual({ kind: 'drop' }, a, node)).toBe(true);
    }
    const above = (b: Mask): Mask[] => masks.filter((a) => isCoarserOrEqual(a, b, node));
    const skipped = masks.flatMap((c) =>
      above(c).flatMap((b) => above(b).filter((a) => !isCoarserOrEqual(a, c, node))),
    );
    expect(skipped).toEqual([]);
  });

  test('any two have a finest one that shows no more than either', () => {
    for (const [a, b] of pairs) {
      const both = joinMasks(a, b, node);
      expect(joinMasks(b, a, node)).toEqual(both);
      const above = masks.filter((c) => isCoarserOrEqual(c, a, node) && isCoarserOrEqual(c, b, node));
      const [overA, overB] = [isCoarserOrEqual(both, a, node), isCoarserOrEqual(both, b, node)];
      const least = above.every((c) => isCoarserOrEqual(c, both, node));
      expect({ a, b, both, overA, overB, least }).toEqual({ a, b, both, overA: true, overB: true, least: true });
    }
  });
});

describe('the order', () => {
  const isOver = (a: Mask, b: Mask, type: AvroType): boolean => isCoarserOrEqual(a, b, nodeOf(type));
  const moment: AvroType = { type: 'long', logicalType: 'timestamp-millis' };

  test.each<[string, boolean, Mask, Mask, AvroType]>([
    ['a day over an hour', true, time('day', 480), time('hour'), moment],
    ['an hour over a day', false, time('hour'), time('day', 480), moment],
    ['a day of another clock', false, time('day'), time('day', 480), moment],
    ['an hour of a clock that is whole hours away', true, time('hour', 480), time('hour'), moment],
    [
      'a pseudonym per entitlement over one per purpose',
      true,
      pseudonym('entitlement'),
      pseudonym('purpose'),
      'string',
    ],
    ['the other way round', false, pseudonym('purpose'), pseudonym('entitlement'), 'string'],
    ['characters over a pseudonym', false, first(1), pseudonym('purpose'), 'string'],
    ['a pseudonym over characters', false, pseudonym('purpose'), first(3), 'string'],
    ['fewer ends, which show more of short texts', false, partial(1, 1), partial(3, 4), 'string'],
    ['1 km over 500 m', true, metres(1000), metres(500), 'double'],
    ['1.5 km, whose edges round otherwise', false, metres(1500), metres(500), 'double'],
    ['a mask that does not fit', false, first(1), KEEP, 'int'],
    ['anything but null over null', false, partial(0, 0), { kind: 'null' }, 'string'],
  ])('%s: %s', (_, answer, a, b, type) => {
    expect(isOver(a, b, type)).toBe(answer);
  });

  test('names the groups that two groupings have in common', () => {
    const one = groups({ flu: 'lung', asthma: 'lung', fracture: 'bone', burn: 'skin' }, 'other');
    const two = groups({ asthma: 'long', fracture: 'short', burn: 'skin' }, 'unknown');
    // Asthma is with influenza in one and with everything else in none: all three become one group.
    expect(joinMasks(one, two, nodeOf('string'))).toEqual(groups({ burn: 'skin', fracture: 'short' }, 'long'));
  });
});
