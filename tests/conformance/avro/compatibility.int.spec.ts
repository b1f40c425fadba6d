import {
  checkCompatibility,
  type Difference,
  type Fingerprints,
  fingerprints,
  normalise,
  type ResolvedSchema,
  readSchema,
  registryText,
} from '@citystreams/avro';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { changed } from './changes.js';
import { EDGE_CASES } from './edge-cases.js';
import { EVERY_TYPE } from './every-type.js';
import { askJava, type PairQuestion, type SchemaAnswer, type SchemaQuestion, type Verdicts } from './java-oracle.js';
import { Random } from './random.js';
import { textOf } from './schema-json.js';
import { makeSchema } from './schema-maker.js';
import { makeTangle } from './tangle-maker.js';

/** Other pairs with each run; the line that is printed says how to have the same ones again. */
const SEED = Number(process.env.AVRO_SEED ?? Date.now() % 2 ** 31);
const GENERATED = Number(process.env.AVRO_PAIRS ?? 4000);

const KINDS = [
  'FIXED_SIZE_MISMATCH',
  'MISSING_ENUM_SYMBOLS',
  'MISSING_UNION_BRANCH',
  'NAME_MISMATCH',
  'READER_FIELD_MISSING_DEFAULT_VALUE',
  'TYPE_MISMATCH',
];

describe(`against the Java library, seed ${SEED}`, () => {
  const pairs = [...EVERY_TYPE.flatMap((reader) => EVERY_TYPE.map((writer) => ({ reader, writer }))), ...generated()];
  const schemas = [...EDGE_CASES, ...tangles(), ...pairs.slice(-GENERATED).map(({ reader }) => ({ schema: reader }))];
  let java: Verdicts;

  beforeAll(() => {
    java = askJava(schemas, pairs);
  }, 300_000);

  test('takes and refuses the same texts, and makes the same of them', () => {
    const disagreements = schemas.flatMap((question, i) => {
      const answer = java.schemas[i]!;
      return disagreement(question, ours(question, answer), answer);
    });
    expect(disagreements.slice(0, 5)).toEqual([]);
    expect(java.schemas.length).toBeGreaterThanOrEqual(2000);
  });

  test('finds the same differences, by kind, place and message, in every pair', () => {
    const disagreements = pairs.flatMap((pair, i) => disagreement(pair, compared(pair), java.pairs[i]));
    expect(disagreements.slice(0, 5)).toEqual([]);
    process.stdout.write(`${summary(java)}\n`);
    expect(readablePairs(java)).toBeGreaterThanOrEqual(2000);
    expect([...kindsIn(java)].toSorted()).toEqual(KINDS);
  });
});

/** Most of them a schema and a later version of it, the rest strangers from the same small pools; each both ways. */
function generated(): PairQuestion[] {
  const random = new Random(SEED);
  return Array.from({ length: GENERATED / 2 }).flatMap(() => {
    const depth = 1 + random.below(4);
    const made = makeSchema(random, depth);
    const one = textOf(made);
    const other = textOf(random.chance(80) ? changed(made, random, random.below(4)) : makeSchema(random, depth));
    return [
      { reader: one, writer: other },
      { reader: other, writer: one },
    ];
  });
}

function tangles(): SchemaQuestion[] {
  const random = new Random(SEED);
  return Array.from({ length: GENERATED / 2 }, () => ({ schema: textOf(makeTangle(random)) }));
}

type Disagreement = { question: unknown; ours: unknown; java: unknown };

function disagreement(question: unknown, ours: unknown, theirs: unknown): Disagreement[] {
  return JSON.stringify(ours) === JSON.stringify(withoutReason(theirs)) ? [] : [{ question, ours, java: theirs }];
}

/** A refusal is compared as one: the words differ. */
function withoutReason(answer: unknown): unknown {
  return typeof answer === 'object' && answer !== null && 'refusal' in answer ? { refusal: true } : answer;
}

/** Where the library does not say what a default is as a value of its type, ours is not compared. */
function ours(question: SchemaQuestion, theirs: SchemaAnswer): unknown {
  const result = readSchema(question.schema, question);
  if (!result.ok) return { refusal: true };
  const { parsingForm, crc64, sha256 }: Fingerprints = fingerprints(result.schema);
  const text = registryText(result.schema);
  const isSettled = !('normalised' in theirs) || theirs.normalised !== null;
  const normalised = isSettled ? normalise(result.schema) : null;
  return { text, normalised, parsingForm, crc64: crc64.toString(), sha256 };
}

function compared({ reader, writer }: PairQuestion): unknown {
  const [one, other] = [readSchema(reader), readSchema(writer)];
  if (!one.ok || !other.ok) return { refusal: true };
  const differences = differencesOf(one.schema, other.schema);
  const [first] = differences;
  return first?.kind === 'AMBIGUOUS_ALIAS' ? { differences: [], failure: first.message } : { differences };
}

const differencesOf = (reader: ResolvedSchema, writer: ResolvedSchema): Difference[] =>
  checkCompatibility(reader, writer).map(({ kind, location, message }) => ({ kind, location, message }));

const readablePairs = ({ pairs }: Verdicts): number => pairs.filter((answer) => !('refusal' in answer)).length;

const kindsIn = ({ pairs }: Verdicts): Set<string> =>
  new Set(pairs.flatMap((answer) => ('differences' in answer ? answer.differences.map(({ kind }) => kind) : [])));

function summary({ version, schemas, pairs }: Verdicts): string {
  const counts = new Map<string, number>();
  const count = (what: string): unknown => counts.set(what, (counts.get(what) ?? 0) + 1);
  for (const answer of schemas) {
    if ('refusal' in answer) count('schemas refused');
    else if (answer.normalised === null) count('not normalised');
  }
  for (const answer of pairs) {
    if ('refusal' in answer) count('refused');
    else if (answer.failure !== undefined) count('ambiguous');
    else if (answer.differences.length === 0) count('compatible');
    else count('incompatible');
    for (const { kind } of 'differences' in answer ? answer.differences : []) count(kind);
  }
  const numbers = [...counts].map(([what, times]) => `${what} ${times}`).join(', ');
  return `org.apache.avro ${version}, AVRO_SEED=${SEED}: ${schemas.length} schemas and ${pairs.length} pairs: ${numbers}`;
}
