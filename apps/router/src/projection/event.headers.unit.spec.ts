import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { walked } from '../readings/walk.sample.js';
import { HEADER_NAMES } from './header.names.js';

const name = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...HEADER_NAMES) },
  { weight: 1, arbitrary: fc.constantFrom('', 'ce_', 'ce_idx', 'ce_tyme', 'x-debug', 'ce_subject', 'Content-Type') },
);
const value = fc.option(fc.oneof(fc.string(), fc.string({ minLength: 60, maxLength: 200 })), { nil: null, freq: 9 });
const headers = fc.oneof(
  fc.array(fc.tuple(name, value), { maxLength: 12 }),
  // As most publishers send them: some of the list, in its order.
  fc.subarray([...HEADER_NAMES]).chain((names) => fc.tuple(...names.map((one) => fc.tuple(fc.constant(one), value)))),
) as fc.Arbitrary<[string, string | null][]>;

test('of whatever headers a record has, those of the list are shown, the first of each, in its order', () => {
  fc.assert(
    fc.property(fc.array(headers, { minLength: 1, maxLength: 4 }), (records) => {
      const { shown, poison } = walked(
        records.map((one) => ({ headers: one })),
        { V: { fields: ['amount'] } },
      );
      const expected = records.map((one) =>
        HEADER_NAMES.flatMap((wanted) => {
          const first = one.find(([found]) => found === wanted);
          return first === undefined ? [] : [first];
        }),
      );
      expect(shown.get('V')?.map((record) => record.headers)).toEqual(expected);
      expect(poison).toEqual([]);
    }),
    { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 200) },
  );
});
