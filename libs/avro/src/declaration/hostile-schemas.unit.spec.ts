/** Schemas made to exhaust whoever reads them are answered in bounded time, with the schema or with a reason. */
import { describe, expect, test } from '@jest/globals';
import { checkCompatibility, meaningChanges } from '../compatibility/index.js';
import { fingerprints, normalise, registryText } from '../fingerprint/index.js';
import { type ResolvedSchema, readSchema } from './read-schema.js';

/** Milliseconds: several times what each takes alone on a slow machine. */
const WITHIN = 20_000;

const list = (length: number, item: (i: number) => string): string =>
  Array.from({ length }, (_, i) => item(i)).join(',');
const record = (name: string, fields: string): string => `{"type":"record","name":"${name}","fields":[${fields}]}`;

function accepted(text: string): ResolvedSchema {
  const result = readSchema(text);
  if (!result.ok) throw new Error(result.findings[0]?.message);
  return result.schema;
}

function refusal(text: string): string | undefined {
  const result = readSchema(text);
  return result.ok ? undefined : result.findings[0]?.message;
}

/** Everything that this library does with a schema. */
function useAll(schema: ResolvedSchema): unknown {
  fingerprints(schema);
  registryText(schema);
  normalise(schema);
  meaningChanges(schema, schema);
  return checkCompatibility(schema, schema);
}

describe('depth', () => {
  test.each([
    ['arrays', `${'{"type":"array","items":'.repeat(10_000)}"int"${'}'.repeat(10_000)}`],
    ['brackets that never close', '['.repeat(1_000_000)],
    ['attributes', `{"type":"int","a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`],
  ])('of 10,000 %s is refused', (_, text) => {
    expect(refusal(text)).toBe('the schema is nested deeper than 500 levels');
  });

  test('as deep as is accepted can be used', () => {
    expect(useAll(accepted(`${'{"type":"array","items":'.repeat(499)}"int"${'}'.repeat(499)}`))).toEqual([]);
  });

  test(
    'that comes of references alone is refused',
    () => {
      const forward = `[${list(10_000, (i) => record(`R${i}`, `{"name":"f","type":"R${(i + 1) % 10_000}"}`))}]`;
      expect(refusal(forward)).toBe('more than 250 types each need a later one');
    },
    WITHIN,
  );
});

describe('size', () => {
  test(
    'of 2,000 fields is read, written and compared',
    () => {
      const schema = accepted(
        record(
          'R',
          list(2_000, (i) => `{"name":"field_${i}","type":["null","long"],"default":null,"doc":"${'d'.repeat(60)}"}`),
        ),
      );
      expect(useAll(schema)).toEqual([]);
    },
    WITHIN,
  );

  test(
    'of one long attribute is read and written',
    () => {
      expect(useAll(accepted(`{"type":"string","a":"${`\\u0001${'x'.repeat(13)}`.repeat(20_000)}"}`))).toEqual([]);
    },
    WITHIN,
  );

  test(
    'of 100,000 symbols is read, and the missing ones are named',
    () => {
      const symbols = (prefix: string): ResolvedSchema =>
        accepted(`{"type":"enum","name":"E","symbols":[${list(100_000, (i) => `"${prefix}${i}"`)}]}`);
      expect(useAll(symbols('S'))).toEqual([]);
      expect(checkCompatibility(symbols('S'), symbols('T'))).toEqual([
        expect.objectContaining({ kind: 'MISSING_ENUM_SYMBOLS', message: expect.stringMatching(/^\[T0, T1, T10, /) }),
      ]);
    },
    WITHIN,
  );

  test(
    'that short references would expand to is refused',
    () => {
      const namespace = 'n'.repeat(900);
      const fields = list(20_000, (i) => `{"name":"f${i}","type":"R"}`);
      expect(refusal(`{"type":"record","name":"R","namespace":"${namespace}","fields":[${fields}]}`)).toBe(
        'written out, the names in the schema are too long',
      );
      expect(refusal(`{"type":"fixed","name":"${'n'.repeat(2000)}","size":1}`)).toMatch(/full name is longer/);
    },
    WITHIN,
  );

  test('of 5 MB is refused unread, also in the schemas that it references', () => {
    expect(refusal(' '.repeat(5_000_000))).toMatch(/longer than 2000000 characters/);
    const references = Array.from({ length: 3 }, (_, i) =>
      record(`R${i}`, `{"name":"f","type":"int","doc":"${' '.repeat(1_000_000)}"}`),
    );
    expect(readSchema('"int"', { references })).toMatchObject({ ok: false });
  });
});

describe('entanglement', () => {
  /** Each record holds the one before it twice, so that there are 2^n ways from the last to the first. */
  function doubled(n: number, type: string, byDefault = ''): string {
    let text = record('R0', `{"name":"a","type":"${type}"${type === 'int' ? ',"default":1' : ''}}`);
    for (let i = 1; i <= n; i += 1) {
      text = record(`R${i}`, `{"name":"a","type":${text}${byDefault}},{"name":"b","type":"R${i - 1}"${byDefault}}`);
    }
    return text;
  }

  test(
    'of a difference on 2^150 ways gives the first thousand',
    () => {
      const differences = checkCompatibility(accepted(doubled(150, 'int')), accepted(doubled(150, 'string')));
      expect(differences).toHaveLength(1000);
      expect(new Set(differences.map(({ kind }) => kind))).toEqual(new Set(['TYPE_MISMATCH']));
    },
    WITHIN,
  );

  test(
    'of 100,000 missing symbols on 1,000 ways gives them once or twice',
    () => {
      const fields = (prefix: string): ResolvedSchema => {
        const symbols = list(100_000, (i) => `"${prefix}${i}"`);
        const first = `{"name":"f","type":{"type":"enum","name":"E","symbols":[${symbols}]}}`;
        return accepted(record('R', `${first},${list(1_000, (i) => `{"name":"f${i}","type":"E"}`)}`));
      };
      const differences = checkCompatibility(fields('S'), fields('T'));
      expect(differences[0]?.kind).toBe('MISSING_ENUM_SYMBOLS');
      expect(differences.reduce((sum, { message }) => sum + message.length, 0)).toBeLessThan(4_000_000);
    },
    WITHIN,
  );

  test(
    'of defaults that fill in 2^100 values is refused',
    () => {
      expect(refusal(doubled(100, 'int', ',"default":{}'))).toBe('the schema is too entangled to be read');
    },
    WITHIN,
  );

  test(
    'of 1,000 branches with 1,000 others gets an answer without a verdict',
    () => {
      const union = (namespace: string): ResolvedSchema =>
        accepted(`[${list(1_000, (i) => record(`${namespace}.${namespace}${i}`, ''))}]`);
      expect(checkCompatibility(union('a'), union('b'))).toEqual([expect.objectContaining({ kind: 'TOO_ENTANGLED' })]);
    },
    WITHIN,
  );

  test(
    'of two cycles that meet again only after 25,000 types gets an answer without a verdict',
    () => {
      const cycle = (length: number): ResolvedSchema => {
        let text = '"n0.R"';
        for (let i = length - 1; i >= 0; i -= 1) text = record(`n${i}.R`, `{"name":"f","type":${text}}`);
        return accepted(text);
      };
      expect(checkCompatibility(cycle(160), cycle(159))).toEqual([expect.objectContaining({ kind: 'TOO_ENTANGLED' })]);
      expect(checkCompatibility(cycle(23), cycle(21))).toEqual([]);
    },
    WITHIN,
  );
});
