/** That a canonical definition shows what the definition shows, and is the same however somebody wrote it down. */
import { type AvroRecord, compileCodec, compileProjection, deriveMaskKey, projectSchema } from '@citystreams/avro';
import type { ExecutableMask, Predicate, StreamName, Ulid, ViewDefinition } from '@citystreams/contracts';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalDefinition, identityOf } from './identity.js';

const RUNS = 300;

const address = {
  type: 'record',
  name: 'Address',
  fields: [
    { name: 'street', type: 'string', default: '' },
    { name: 'floor', type: ['null', 'int'], default: null },
  ],
};
const person = {
  type: 'record',
  name: 'Person',
  fields: [
    { name: 'name', type: 'string' },
    { name: 'home', type: address },
  ],
};
const WRITER = {
  type: 'record',
  name: 'Visit',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'person', type: person },
    { name: 'age', type: 'int' },
    { name: 'ward', type: { type: 'enum', name: 'Ward', symbols: ['NORTH', 'SOUTH', 'WEST'] } },
  ],
} as unknown as AvroRecord;

const VISITS = [
  { id: 'v-1', at: 1_764_000_123_456, person: { name: 'Li Wei', home: { street: 'Long 1', floor: 7 } }, age: 43 },
  { id: '', at: 0, person: { name: '', home: { street: '', floor: null } }, age: -1 },
].map((visit, i) => ({ ...visit, ward: i === 0 ? 'NORTH' : 'WEST' }));

const mask = <T extends ExecutableMask>(m: T): T => m;
const own = fc.constantFrom<ExecutableMask>(mask({ kind: 'keep' }), mask({ kind: 'drop' }), mask({ kind: 'null' }));
const text: fc.Arbitrary<ExecutableMask> = fc.oneof(
  own,
  fc.constant(mask({ kind: 'constant', value: 'x' })),
  fc.constant(mask({ kind: 'partial', first: 1, last: 1 })),
  fc.constant(mask({ kind: 'truncate', to: { unit: 'characters', count: 2 } })),
  fc.constant(mask({ kind: 'pseudonym', text: 'hex', key: { per: 'purpose', purpose: 'p' } })),
);
const number: fc.Arbitrary<ExecutableMask> = fc.oneof(
  own,
  fc.constant(mask({ kind: 'generalise', to: { by: 'step', step: 10 } })),
);
const time: fc.Arbitrary<ExecutableMask> = fc.oneof(
  own,
  fc
    .record({ utcOffsetMinutes: fc.constantFrom(0, 480) }, { requiredKeys: [] })
    .map((offset) => mask({ kind: 'truncate', to: { unit: 'hour', ...offset } })),
);
const ward: fc.Arbitrary<ExecutableMask> = fc.oneof(
  own,
  fc
    .dictionary(fc.constantFrom('NORTH', 'SOUTH', 'WEST'), fc.constantFrom('upper', 'lower'), { noNullPrototype: true })
    .map((groups) => mask({ kind: 'generalise', to: { by: 'groups', groups, otherwise: 'lower' } })),
);

const FITTING: Record<string, fc.Arbitrary<ExecutableMask>> = {
  id: text,
  at: time,
  person: own,
  'person.name': text,
  'person.home': own,
  'person.home.street': text,
  'person.home.floor': number,
  age: number,
  ward,
};
const path = fc.constantFrom(...Object.keys(FITTING));
const masks = fc.record(FITTING, { requiredKeys: [] }) as fc.Arbitrary<Record<string, ExecutableMask>>;

const leaf: fc.Arbitrary<Predicate> = fc.oneof(
  fc.record({
    op: fc.constantFrom('eq', 'gt' as const),
    field: fc.constant('age'),
    value: fc.integer({ min: 40, max: 44 }),
  }),
  fc.record({
    op: fc.constant('in' as const),
    field: fc.constant('id'),
    values: fc.array(fc.constantFrom('v-1', 'v-2', ''), { minLength: 1 }),
  }),
  fc.constant<Predicate>({ op: 'isNull', field: 'person.home.floor' }),
);
const { predicate } = fc.letrec<{ predicate: Predicate }>((tie) => ({
  predicate: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.record({
      op: fc.constantFrom('and', 'or' as const),
      of: fc.array(tie('predicate'), { minLength: 1, maxLength: 4 }),
    }),
    fc.record({ op: fc.constant('not' as const), of: tie('predicate') }),
  ),
}));

const definition: fc.Arbitrary<ViewDefinition> = fc.record({
  stream: fc.constant('clinic.visit' as StreamName),
  fields: fc.array(path, { minLength: 1, maxLength: 9 }),
  masks,
  predicate: fc.option(predicate),
  key: fc.constantFrom('field', 'none' as const),
  history: fc.constantFrom('retained', 'from-grant' as const),
  retentionMs: fc.constant(1),
  entitlement: fc.constantFrom(null, '01JZ0000000000000000000000' as Ulid),
});

/** Everything that somebody who reads the view can tell; null: it shows nothing. */
function seen({ fields, masks: by, predicate: test, key }: ViewDefinition): unknown {
  const schema = projectSchema(WRITER, fields, by);
  if (schema === null) return null;
  const projection = compileProjection({
    ...{ writer: WRITER, fields, masks: by, predicate: test, time: 'at' },
    key: key === 'field' ? 'id' : null,
    maskKey: (scope) => deriveMaskKey(Buffer.alloc(32, 7), scope, 1),
  });
  return { schema, events: VISITS.map((visit) => projection.project(compileCodec(WRITER).encode(visit))) };
}

/** The same said in another order: of fields, of names in objects, of terms and values; `seed` decides which. */
function shuffled<T>(value: T, seed: number): T {
  const turn = <U>(items: U[]): U[] => {
    const by = new Map(items.map((item, i) => [item, Math.imul(seed + i * 7919, 2_654_435_761) >>> 0]));
    return [...items].sort((a, b) => (by.get(a) ?? 0) - (by.get(b) ?? 0));
  };
  if (Array.isArray(value)) return turn(value.map((item: unknown) => shuffled(item, seed + 1))) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(turn(Object.entries(value)).map(([k, v]) => [k, shuffled(v, seed + k.length)])) as T;
}

const check = <T>(property: fc.IPropertyWithHooks<T>): void => {
  fc.assert(property, { numRuns: RUNS });
};

describe('a canonical definition', () => {
  test('shows exactly what the definition shows', () => {
    check(
      fc.property(definition, (one) => {
        const shown = seen(one);
        // A record of which every field is dropped is there without any; as one that is not listed, it is not.
        fc.pre(!JSON.stringify(shown).includes('"fields":[]'));
        expect(seen(canonicalDefinition(one))).toEqual(shown);
      }),
    );
  });

  test('is the canonical form of itself', () => {
    check(
      fc.property(definition, (one) => {
        const canonical = canonicalDefinition(one);
        expect(JSON.stringify(canonicalDefinition(canonical))).toBe(JSON.stringify(canonical));
      }),
    );
  });

  test('is the same in whatever order fields, masks, groups, terms and names are written', () => {
    check(
      fc.property(definition, fc.nat(), (one, seed) => {
        expect(identityOf(shuffled(one, seed))).toBe(identityOf(one));
      }),
    );
  });
});
