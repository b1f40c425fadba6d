/**
 * What the checker says is true of data: values written with avsc under the writer's schema are read by the words of
 * the specification under the reader's.
 */
import {
  type AvroRecord,
  checkCompatibility,
  compareVersions,
  meaningChanges,
  parsingForm,
  type ResolvedSchema,
  readSchema,
  registryText,
} from '@citystreams/avro';
import { afterAll, describe, expect, test } from '@jest/globals';
import avsc from 'avsc';
import fc from 'fast-check';
import { changed } from './changes.js';
import { coveringValues, hasEmptyType, innerTypes } from './covering-values.js';
import { Random } from './random.js';
import { type SchemaJson, textOf } from './schema-json.js';
import { makeSchema } from './schema-maker.js';
import { readAs, Unreadable } from './spec-reader.js';
import { isNamed, type SpecType, specType } from './spec-type.js';

const MOST_VALUES = 400;
const SEED = Number(process.env.AVRO_SEED ?? Date.now() % 2 ** 31);
const RUNS = Number(process.env.AVRO_RUNS ?? 1000);

interface Pair {
  reader: ResolvedSchema;
  writer: ResolvedSchema;
}

/** Nothing if one of them is no schema, or none that avsc can write with. */
function pairFrom(seed: number): (Pair & { codec: avsc.Type; target: avsc.Type }) | null {
  const random = new Random(seed);
  const depth = 1 + random.below(4);
  const one = makeSchema(random, depth);
  const other = random.chance(90) ? changed(one, random, random.below(4)) : makeSchema(random, depth);
  const [reader, writer] = [schemaOf(one), schemaOf(other)];
  if (reader === null || writer === null) return null;
  const [codec, target] = [codecOf(writer), codecOf(reader)];
  return codec === null || target === null ? null : { reader, writer, codec, target };
}

/** What avsc refuses or stumbles over, what the library's text does not tell apart, and something in its place. */
const PLAIN = [
  ['".C"', '"C"'],
  ['9223372036854775807', '900719925474099'],
  ['-9223372036854775808', '-900719925474099'],
  ['Städte', 'Stadt'],
  ['Ä', 'ae'],
  ['名', 'n'],
  ['Ω', 'O'],
  ['__proto__', 'proto'],
] as const;

function schemaOf(json: SchemaJson): ResolvedSchema | null {
  const text = PLAIN.reduce((so, [found, plain]) => so.replaceAll(found, plain), textOf(json));
  const result = readSchema(text);
  if (!result.ok) return null;
  // In canonical form, a type of the null namespace inside another namespace looks like one of that.
  return registryText(result.schema).includes('"namespace":""') ? null : result.schema;
}

/** avsc knows no empty enum and no fixed of size 0. */
function codecOf(schema: ResolvedSchema): avsc.Type | null {
  try {
    return avsc.Type.forSchema(JSON.parse(parsingForm(schema)) as avsc.Schema, { wrapUnions: true });
  } catch {
    return null;
  }
}

describe('a verdict', () => {
  const seen = { compatible: 0, witnessed: 0, values: 0, followed: 0, refused: 0 };

  test('of compatible means that every value can be read, and is then a value of the reader', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const pair = pairFrom(seed);
        if (pair === null || checkCompatibility(pair.reader, pair.writer).length > 0) return;
        const [reader, writer] = specTypes(pair);
        for (const value of coveringValues(writer, MOST_VALUES)) {
          const decoded: unknown = pair.codec.fromBuffer(pair.codec.toBuffer(value));
          expect(pair.target.isValid(readAs(reader, writer, decoded))).toBe(true);
          seen.values += 1;
        }
        seen.compatible += 1;
      }),
      { numRuns: RUNS, seed: SEED },
    );
    expect(seen.compatible).toBeGreaterThan(RUNS / 10);
  });

  test('of incompatible has a value that cannot be read, where the types in question have values', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const pair = pairFrom(seed);
        if (pair === null) return;
        const differences = checkCompatibility(pair.reader, pair.writer);
        if (differences.length === 0 || differences[0]?.kind === 'AMBIGUOUS_ALIAS') return;
        const [reader, writer] = specTypes(pair);
        if (hasEmptyType(writer) || hasLookalikes(reader)) return;
        const values = coveringValues(writer, MOST_VALUES);
        if (values.length === MOST_VALUES) return;
        expect(
          values.some((value) => !canRead(reader, writer, pair.codec.fromBuffer(pair.codec.toBuffer(value)))),
        ).toBe(true);
        seen.witnessed += 1;
      }),
      { numRuns: RUNS, seed: SEED },
    );
    expect(seen.witnessed).toBeGreaterThan(RUNS / 10);
  });

  test('of a next version is FULL compatibility and an unchanged meaning', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const pair = pairFrom(seed);
        if (pair === null) return;
        const { reader: newer, writer: older } = pair;
        const breaks = [...checkCompatibility(newer, older), ...checkCompatibility(older, newer)];
        const [was, is] = [older, newer].map((schema) => JSON.parse(registryText(schema)) as AvroRecord);
        if (was?.type !== 'record' || is?.type !== 'record') return;
        const isRefused = compareVersions(was, is).length > 0;
        const isChanged = nameOf(was) !== nameOf(is) || meaningChanges(older, newer).length > 0;
        expect(isRefused).toBe(breaks.length > 0 || isChanged);
        seen[isRefused ? 'refused' : 'followed'] += 1;
      }),
      { numRuns: RUNS, seed: SEED },
    );
    expect(seen.followed).toBeGreaterThan(RUNS / 40);
  });

  afterAll(() => {
    process.stdout.write(`AVRO_SEED=${SEED}: ${JSON.stringify(seen)}\n`);
  });
});

const nameOf = ({ name, namespace }: AvroRecord): string => `${namespace ?? ''}.${name}`;

const specTypes = ({ reader, writer }: Pair): [SpecType, SpecType] => [
  specType(registryText(reader)),
  specType(registryText(writer)),
];

function canRead(reader: SpecType, writer: SpecType, value: unknown): boolean {
  try {
    readAs(reader, writer, value);
    return true;
  } catch (error) {
    if (error instanceof Unreadable) return false;
    throw error;
  }
}

/** Two branches that one writer's type may both match: each may read some of its values and neither all. */
function hasLookalikes(type: SpecType, seen: Set<SpecType> = new Set()): boolean {
  if (seen.has(type)) return false;
  seen.add(type);
  if (type.kind === 'union') {
    const names = type.branches
      .filter(isNamed)
      .flatMap(({ kind, name, aliases }) => [
        `${kind} ${name}`,
        ...aliases.map((alias) => `${kind} ${alias.slice(alias.lastIndexOf('.') + 1)}`),
      ]);
    if (new Set(names).size < names.length) return true;
  }
  return innerTypes(type).some((inner) => hasLookalikes(inner, seen));
}
