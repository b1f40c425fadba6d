import { describe, expect, test } from '@jest/globals';
import { compileCodec } from './codec.js';
import { parsingCanonicalForm } from './canonical.js';
import { parseContract } from './contract.js';
import { frameOf, readFrame } from './frame.js';
import { leavesOf } from './keep.js';
import { checkPredicate, compilePredicate } from './predicate.js';
import type { AvroRecord } from './schema.js';
import { compareVersions } from './versions.js';

const L1 = { level: 'L1', category: 'measurement' };
const good = {
  type: 'record',
  name: 'Reading',
  namespace: 'city.meteorology',
  doc: 'one reading',
  key: 'station',
  time: 'at',
  fields: [
    { name: 'station', type: 'string', doc: 'the station', classification: { level: 'L2', category: 'identifier' } },
    {
      name: 'at',
      type: { type: 'long', logicalType: 'timestamp-millis' },
      doc: 'when',
      classification: { level: 'L1', category: 'time' },
    },
    {
      name: 'place',
      type: [
        'null',
        { type: 'record', name: 'Place', fields: [{ name: 'x', type: 'double', doc: 'east', classification: L1 }] },
      ],
      default: null,
      doc: 'where',
      classification: { level: 'L1', category: 'location' },
    },
  ],
};
const findingsOf = (contract: unknown): string[] => {
  const result = parseContract(contract);
  return result.ok ? [] : result.findings.map((f) => `${f.field}: ${f.message}`);
};

describe('a contract', () => {
  test('lists its fields at any depth, with the level of the highest', () => {
    const result = parseContract(good);
    if (!result.ok) throw new Error(findingsOf(good).join('; '));
    expect(result.contract.fields.map((f) => f.path)).toEqual(['station', 'at', 'place', 'place.x']);
    expect(result.contract.level).toBe('L2');
    expect(result.contract.key).toBe('station');
  });

  test('reports every problem at once, each with its place', () => {
    const bad = structuredClone(good) as Record<string, unknown> & typeof good;
    Object.assign(bad, { key: 'statoin', time: 'station', aliases: ['Old'] });
    Object.assign(bad.fields[0] as object, { doc: ' ', classification: undefined, aliases: ['s'] });
    expect(findingsOf(bad)).toEqual([
      expect.stringContaining('$.aliases'),
      expect.stringContaining('$.fields[0].aliases'),
      expect.stringContaining('$.fields[0].doc'),
      expect.stringContaining('$.fields[0].classification: field "station" is not classified'),
      '$.key: "key" must name a field of the record: there is no field "statoin"',
      '$.time: the time field "station" is no timestamp in milliseconds',
    ]);
  });

  test('says what to write instead, for every problem', () => {
    const bad = { ...structuredClone(good), key: undefined, doc: '' };
    const result = parseContract(bad);
    const fixes = result.ok ? [] : result.findings.map(({ field, fix }) => [field, fix]);
    expect(fixes).toEqual([
      ['$.doc', 'add "doc": what one event means'],
      ['$.key', '"key" is one of: station, at, place'],
    ]);
  });

  test.each<[string, object, string]>([
    ['an array of records', { type: 'array', items: 'PART' }, '.type.items.fields[0]'],
    ['a map of records', { type: 'map', values: 'PART' }, '.type.values.fields[0]'],
    ['the third branch of a union', ['null', 'string', 'PART'] as never, '.type[2].fields[0]'],
    ['an array in a map', { type: 'map', values: { type: 'array', items: 'PART' } }, '.type.values.items.fields[0]'],
  ])('names an unclassified field inside %s', (_, type, at) => {
    const part = {
      type: 'record',
      name: 'Part',
      fields: [{ name: 'who', type: 'string', doc: 'who', aliases: ['w'] }],
    };
    const field = {
      name: 'parts',
      type: JSON.parse(JSON.stringify(type).replace('"PART"', JSON.stringify(part))) as never,
      doc: 'parts',
      classification: L1,
    };
    expect(findingsOf({ ...good, fields: [...good.fields, field] })).toEqual([
      `$.fields[3]${at}.aliases: field "parts.who" has an alias: a rename is a new field`,
      `$.fields[3]${at}.classification: field "parts.who" is not classified`,
    ]);
  });

  test('lists a record that is used again below each of its uses, and both records of a union', () => {
    const again = { name: 'next', type: 'Place', doc: 'next', classification: L1 };
    const other = {
      type: 'record',
      name: 'Spot',
      fields: [{ name: 'x', type: 'int', doc: 'x', classification: { level: 'L3', category: 'location' } }],
    };
    const either = { name: 'either', type: ['Place', other], doc: 'either', classification: L1 };
    const result = parseContract({ ...good, fields: [...good.fields, again, either] });
    const fields = result.ok ? result.contract.fields.map(({ path, level }) => `${path} ${level}`) : [];
    expect(fields.slice(4)).toEqual(['next L1', 'next.x L1', 'either L1', 'either.x L3']);
  });

  test('that holds itself is as sensitive where it begins again as it is inside', () => {
    const tree = (level: string) => {
      const fields = [
        { name: 'owner', type: 'string', doc: 'o', classification: { level: 'L3', category: 'identifier' } },
        { name: 'below', type: ['null', 'Tree'], doc: 'b', classification: { level, category: 'description' } },
      ];
      return { name: 'tree', type: { type: 'record', name: 'Tree', fields }, doc: 't', classification: L1 };
    };
    expect(findingsOf({ ...good, fields: [...good.fields, tree('L3')] })).toEqual([]);
    expect(findingsOf({ ...good, fields: [...good.fields, tree('L2')] })).toEqual([
      '$.fields[3].type.fields[1].type[1]: field "tree.below" can hold all of city.meteorology.Tree again, up to L3',
    ]);
  });

  test('finds aliases of every named type, and a concept that is no word', () => {
    const sky = { type: 'enum', name: 'Sky', symbols: ['sun'], aliases: ['Heaven'] };
    const field = { name: 'sky', type: ['null', sky], doc: 'sky', classification: L1, concept: 'The Sky' };
    expect(findingsOf({ ...good, fields: [...good.fields, field] })).toEqual([
      '$.fields[3].concept: field "sky" has a concept that is no word',
      '$.fields[3].type[1].aliases: enum (sun) has an alias: a rename is a new field',
    ]);
  });

  test('with paths without end or number is refused in bounded time', () => {
    let type: object = {
      type: 'record',
      name: 'R0',
      fields: [{ name: 'x', type: 'int', doc: 'x', classification: L1 }],
    };
    for (let n = 1; n < 20; n += 1) {
      const field = (name: string, of: unknown) => ({ name, type: of, doc: 'd', classification: L1 });
      type = {
        type: 'record',
        name: `R${n}`,
        fields: [field('a', type), field('b', `R${n - 1}`), field('c', `R${n - 1}`)],
      };
    }
    const wide = { ...good, fields: [...good.fields, { name: 'wide', type, doc: 'w', classification: L1 }] };
    expect(findingsOf(wide)).toEqual(['$: the contract has more than 5000 fields']);
  });

  test('finds an unclassified field inside a nullable record', () => {
    const bad = structuredClone(good);
    const union = bad.fields[2]?.type as { fields: { classification?: unknown }[] }[] | undefined;
    for (const field of union?.[1]?.fields ?? []) delete field.classification;
    expect(findingsOf(bad)).toEqual([expect.stringContaining('field "place.x" is not classified')]);
  });

  test.each([[null], ['record'], [[]], [{ type: 'enum' }], [{ type: 'record', name: 'A b', fields: [] }]])(
    'refuses %j with a reason',
    (bad) => {
      expect(findingsOf(bad)).toHaveLength(1);
    },
  );
});

describe('a second version', () => {
  const older = good as unknown as AvroRecord;
  const withField = (field: object): AvroRecord => ({ ...older, fields: [...older.fields, field as never] });

  test('may add a field with a default, or drop one that had one', () => {
    expect(compareVersions(older, withField({ name: 'wind', type: 'double', default: 0 }))).toEqual([]);
    expect(compareVersions(older, { ...older, fields: older.fields.slice(0, 2) })).toEqual([]);
  });

  test('may not add or drop a field without one, or change a type or the key', () => {
    expect(compareVersions(older, withField({ name: 'wind', type: 'double' }))).toHaveLength(1);
    expect(compareVersions(older, { ...older, fields: older.fields.slice(1) })).toHaveLength(1);
    expect(compareVersions(older, { ...older, key: 'at' })).toHaveLength(1);
    const changed = older.fields.map((f) => (f.name === 'station' ? { ...f, type: 'bytes' } : f));
    expect(compareVersions(older, { ...older, fields: changed })[0]?.message).toContain('from string to bytes');
  });
});

describe('checking an event', () => {
  const codec = compileCodec(good);

  test('names the path, what was expected and the kind of what was found, never the value', () => {
    expect(codec.check({ station: 7, at: 'now', place: { x: 1 } })).toEqual([
      { path: 'station', expected: 'string', found: 'integer' },
      { path: 'at', expected: 'long', found: 'string' },
    ]);
    expect(codec.check({ station: 'a', at: 1 })).toEqual([]);
    expect(codec.check({ station: 7, at: 1, typo: 2, place: { x: 1, why: 'secret' } })).toEqual([
      { path: 'station', expected: 'string', found: 'integer' },
      { path: 'typo', expected: 'no such field', found: 'integer' },
      { path: 'place.why', expected: 'no such field', found: 'string' },
    ]);
  });
});

describe('a frame', () => {
  test('is the magic byte, the schema id in network order, and the body', () => {
    const framed = frameOf(258, Buffer.from([9]));
    expect([...framed]).toEqual([0, 0, 0, 1, 2, 9]);
    expect(readFrame(framed)).toEqual({ schemaId: 258, body: Buffer.from([9]) });
    expect(readFrame(Buffer.from([1, 0, 0, 1, 2, 9]))).toBeNull();
    expect(readFrame(Buffer.from([0, 0, 0]))).toBeNull();
  });
});

describe('predicates', () => {
  const record = good as unknown as AvroRecord;

  test('are checked against the contract', () => {
    expect(checkPredicate({ op: 'eq', field: 'station', value: 'a' }, record)).toEqual([]);
    expect(checkPredicate({ op: 'gt', field: 'place.x', value: 1 }, record)).toEqual([]);
    expect(checkPredicate({ op: 'eq', field: 'station', value: 1 }, record)).toHaveLength(1);
    expect(
      checkPredicate(
        {
          op: 'and',
          of: [
            { op: 'isNull', field: 'nope' },
            { op: 'startsWith', field: 'at', prefix: 'x' },
          ],
        },
        record,
      ),
    ).toHaveLength(2);
  });

  test('are false on null, and compare longs exactly', () => {
    const over = compilePredicate({ op: 'gt', field: 'at', value: '9007199254740993' });
    expect(over({ at: 9007199254740992 })).toBe(false);
    expect(over({ at: 9007199254740994n })).toBe(true);
    expect(compilePredicate({ op: 'ne', field: 'place.x', value: 1 })({ place: null })).toBe(false);
    expect(
      compilePredicate({ op: 'not', of: { op: 'in', field: 'station', values: ['a', 'b'] } })({ station: 'c' }),
    ).toBe(true);
  });
});

test('asking for a record asks for each of its leaves', () => {
  expect(leavesOf(['a', 'p', 'p.x', 'p.y', 'b'], ['p', 'b'])).toEqual(['p.x', 'p.y', 'b']);
  expect(leavesOf(['a', 'p', 'p.x', 'p.y'], ['p.y', 'zz'])).toEqual(['p.y']);
});

test('the parsing canonical form leaves out docs and attributes and writes full names', () => {
  expect(parsingCanonicalForm(good as unknown as AvroRecord)).toBe(
    '{"name":"city.meteorology.Reading","type":"record","fields":[{"name":"station","type":"string"},{"name":"at","type":"long"},' +
      '{"name":"place","type":["null",{"name":"city.meteorology.Place","type":"record","fields":[{"name":"x","type":"double"}]}]}]}',
  );
});
