import { describe, expect, test } from '@jest/globals';
import { Mask } from '@citystreams/contracts';
import fc from 'fast-check';
import { canonicalMask } from './canonical.js';
import { formatMask } from './mask.format.js';
import { MOST_MASK_TEXT, parseMask } from './mask.text.js';

describe('a mask as people write it', () => {
  test.each<[string, Mask]>([
    ['keep', { kind: 'keep' }],
    [' null ', { kind: 'null' }],
    ['drop', { kind: 'drop' }],
    ['constant("with \\"held\\"")', { kind: 'constant', value: 'with "held"' }],
    ['constant(-1.5)', { kind: 'constant', value: -1.5 }],
    ['constant( true )', { kind: 'constant', value: true }],
    ['hour', { kind: 'truncate', to: { unit: 'hour' } }],
    ['day', { kind: 'truncate', to: { unit: 'day', utcOffsetMinutes: 480 } }],
    ['day at UTC', { kind: 'truncate', to: { unit: 'day' } }],
    ['day at -03:30', { kind: 'truncate', to: { unit: 'day', utcOffsetMinutes: -210 } }],
    ['first(3)', { kind: 'truncate', to: { unit: 'characters', count: 3 } }],
    ['degrees(0.01)', { kind: 'truncate', to: { unit: 'degrees', size: 0.01 } }],
    ['grid(500 m, latitude)', { kind: 'truncate', to: { unit: 'metres', axis: 'latitude', size: 500 } }],
    [
      'grid(500m,longitude)',
      { kind: 'truncate', to: { unit: 'metres', axis: 'longitude', size: 500, latitude: 22.9 } },
    ],
    [
      'grid(500 m, longitude at 48)',
      { kind: 'truncate', to: { unit: 'metres', axis: 'longitude', size: 500, latitude: 48 } },
    ],
    ['step(10)', { kind: 'generalise', to: { by: 'step', step: 10 } }],
    [
      'groups("flu": "lung", "asthma": "lung", otherwise: "other")',
      { kind: 'generalise', to: { by: 'groups', groups: { asthma: 'lung', flu: 'lung' }, otherwise: 'other' } },
    ],
    ['groups(otherwise: "")', { kind: 'generalise', to: { by: 'groups', groups: {}, otherwise: '' } }],
    ['partial(3, 4)', { kind: 'partial', first: 3, last: 4 }],
    ['pseudonym per purpose', { kind: 'pseudonym', per: 'purpose', text: 'hex' }],
    ['pseudonym  per entitlement as base64url', { kind: 'pseudonym', per: 'entitlement', text: 'base64url' }],
  ])('%s', (text, mask) => {
    expect(parseMask(text)).toEqual({ ok: true, mask });
  });

  test.each<[string, number, string]>([
    ['', 1, 'expected "keep" or "drop"'],
    ['mask', 1, 'expected "keep"'],
    ['keeper', 1, 'expected "keep"'],
    ['keep it', 6, 'expected the end'],
    ['grid(500)', 9, 'expected "m"'],
    ['grid(500 m, altitude)', 13, 'expected "latitude" or "longitude"'],
    ['first(three)', 7, 'expected a number'],
    ['first(-1)', 1, ''],
    ['first(1.5)', 1, ''],
    ['step(0)', 1, ''],
    ['step(1', 7, 'expected ")"'],
    ['constant("a)', 10, 'expected "true" or "false" or a text in double quotes or a number'],
    ['constant("\\x")', 14, 'no text as JSON writes it'],
    ['pseudonym', 10, 'expected "per"'],
    ['pseudonym per city', 15, 'expected "purpose" or "entitlement"'],
    ['day at +25:00', 1, ''],
    ['day at 8', 8, 'expected "UTC" or an offset from UTC such as +08:00'],
    ['groups("a": "x", "a": "y", otherwise: "z")', 26, 'is in a group already'],
  ])('%j is refused where it is wrong', (text, column, message) => {
    expect(parseMask(text)).toEqual({ ok: false, column, message: expect.stringContaining(message) });
  });

  test('whatever it is, is answered', () => {
    const words = fc.constantFrom(
      'keep',
      'groups',
      '(',
      ')',
      ',',
      ':',
      '"a"',
      '"',
      '1',
      '1e400',
      'otherwise',
      'grid',
      'm',
      'day',
      'at',
      '\u0000',
      '\ud800',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 12 }), (given) => {
        const found = parseMask(given.join(' '));
        expect(found.ok ? Mask.safeParse(found.mask).success : found.message !== '').toBe(true);
      }),
      { numRuns: 1_000 },
    );
    expect(parseMask('groups('.repeat(9_000)).ok).toBe(false);
    expect(parseMask(' '.repeat(MOST_MASK_TEXT + 1)).ok).toBe(false);
  });
});

const text = fc.string({ unit: 'binary', maxLength: 8 });
const size = fc.double({ min: 0.001, max: 100_000, noNaN: true });
const offset = fc.option(fc.integer({ min: -840, max: 840 }), { nil: undefined });
const arbitraryMask: fc.Arbitrary<Mask> = fc.oneof(
  fc.constantFrom<Mask>({ kind: 'keep' }, { kind: 'drop' }, { kind: 'null' }),
  fc
    .oneof(text, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean())
    .map((value): Mask => ({ kind: 'constant', value: Object.is(value, -0) ? 0 : value })),
  fc.tuple(fc.constantFrom('hour', 'day'), offset).map(
    ([unit, minutes]): Mask => ({
      kind: 'truncate',
      to: { unit, ...(minutes !== undefined && { utcOffsetMinutes: minutes }) },
    }),
  ),
  fc.nat(1024).map((count): Mask => ({ kind: 'truncate', to: { unit: 'characters', count } })),
  fc
    .double({ min: 0.001, max: 180, noNaN: true })
    .map((s): Mask => ({ kind: 'truncate', to: { unit: 'degrees', size: s } })),
  size.map((s): Mask => ({ kind: 'truncate', to: { unit: 'metres', axis: 'latitude', size: s } })),
  fc.tuple(size, fc.double({ min: -85, max: 85, noNaN: true })).map(
    ([s, at]): Mask => ({
      kind: 'truncate',
      to: { unit: 'metres', axis: 'longitude', size: s, latitude: at === 0 ? 0 : at },
    }),
  ),
  size.map((s): Mask => ({ kind: 'generalise', to: { by: 'step', step: s } })),
  fc
    .tuple(fc.dictionary(text, text, { maxKeys: 4, noNullPrototype: true }), text)
    .map(([groups, otherwise]): Mask => ({ kind: 'generalise', to: { by: 'groups', groups, otherwise } })),
  fc.tuple(fc.nat(64), fc.nat(64)).map(([first, last]): Mask => ({ kind: 'partial', first, last })),
  fc
    .tuple(fc.constantFrom('purpose', 'entitlement'), fc.constantFrom('hex', 'base64url'))
    .map(([per, as]): Mask => ({ kind: 'pseudonym', per, text: as })),
);

test('any mask is read back from its text as the same', () => {
  fc.assert(
    fc.property(arbitraryMask, (mask) => {
      expect(parseMask(formatMask(mask))).toEqual({ ok: true, mask: canonicalMask(mask) });
      expect(canonicalMask(canonicalMask(mask))).toEqual(canonicalMask(mask));
    }),
    { numRuns: 1_000 },
  );
});
