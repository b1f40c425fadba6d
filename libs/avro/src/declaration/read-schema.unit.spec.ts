import { describe, expect, test } from '@jest/globals';
import { type ReadOptions, readSchema } from './read-schema.js';
import type { RecordNode, SchemaNode } from './schema-node.js';

function root(text: string, options?: ReadOptions): SchemaNode {
  const result = readSchema(text, options);
  if (!result.ok) throw new Error(result.findings[0]?.message);
  return result.schema.root;
}

const findings = (text: string, options?: ReadOptions): unknown => {
  const result = readSchema(text, options);
  return result.ok ? [] : result.findings;
};

const recordOf = (...fields: string[]): string => `{"type":"record","name":"a.R","fields":[${fields.join(',')}]}`;
const withDefault = (type: string, value: string): string => recordOf(`{"name":"f","type":${type},"default":${value}}`);

describe('names', () => {
  test('a name without dots means the type of the namespace around it, else that of the null namespace', () => {
    const fixed = (name: string): string => `{"type":"fixed","name":"${name}","size":1}`;
    const record = root(
      `[${fixed('F')},${fixed('a.F')},${fixed('G')},${recordOf('{"name":"f","type":"F"},{"name":"g","type":"G"}')}]`,
    );
    const [top, inA, other, user] = record.kind === 'union' ? record.branches : [];
    expect((user as RecordNode).fields.map((field) => field.type === top)).toEqual([false, false]);
    expect((user as RecordNode).fields.map(({ type }) => type)).toEqual([inA, other]);
  });

  test('a recursive reference is the record itself, also when it comes before the definition', () => {
    const record = root(
      recordOf(
        '{"name":"next","type":["null","R"]}',
        '{"name":"s","type":"S"}',
        '{"name":"t","type":{"type":"record","name":"S","fields":[]}}',
      ),
    ) as RecordNode;
    const [next, s, t] = record.fields.map(({ type }) => type);
    expect(next?.kind === 'union' && next.branches[1] === record).toBe(true);
    expect(s).toBe(t);
  });

  test('what is a member of every JavaScript object is a name like any other', () => {
    const fields = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
    const text = recordOf(...fields.map((name) => `{"name":"${name}","type":"int","default":1,"__proto__":{"x":1}}`));
    const record = root(text) as RecordNode;
    expect(record.fields.map(({ name }) => name)).toEqual(fields);
    expect(record.fieldsByName.get('__proto__')?.properties.get('__proto__')).toEqual(new Map([['x', 1n]]));
    expect(record.fieldsByName.get('valueOf')).toBeUndefined();
    expect(findings('"constructor"')).toEqual([{ field: '$', message: 'unknown type "constructor"' }]);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  test('letters beyond ASCII are refused of new schemas only, and namespaces of stored ones are not looked at', () => {
    const text = '{"type":"fixed","name":"Städte","namespace":"a-b","size":1}';
    expect(findings(text.replace('a-b', 'a'))).toEqual([]);
    expect(findings(text.replace('a-b', 'a'), { names: 'ascii' })).toHaveLength(1);
    expect(findings(text)).toHaveLength(1);
    expect(findings(text, { names: 'stored' })).toEqual([]);
  });

  test('a type may be defined twice only if both are equal', () => {
    const twice = (second: string): string => `[${recordOf()},{"type":"array","items":${second}}]`;
    expect(findings(twice(recordOf()))).toEqual([]);
    expect(findings(twice(recordOf('{"name":"f","type":"int"}')))).toEqual([
      { field: '$[1].items', message: 'the type a.R is defined twice, differently' },
    ]);
  });

  test('types of referenced schemas are known, and an unknown one is refused where it is used', () => {
    const text = recordOf('{"name":"f","type":"b.S"}');
    expect(findings(text, { references: ['{"type":"fixed","name":"b.S","size":2}'] })).toEqual([]);
    expect(findings(text)).toEqual([{ field: '$.fields[0].type', message: 'unknown type "b.S"' }]);
  });
});

describe('defaults', () => {
  test.each([
    ['["null","string"]', '"text"'],
    ['["string","null"]', 'null'],
    ['["null",{"type":"array","items":["int","boolean"]}]', '[1,true]'],
    ['["null","R"]', 'null'],
    ['double', '1'],
    ['float', '"NaN"'],
  ])('of %s may be %s', (type, value) => {
    expect(findings(withDefault(type.startsWith('[') ? type : `"${type}"`, value))).toEqual([]);
  });

  test.each([
    ['"int"', '1.0'],
    ['"int"', '2147483648'],
    ['"long"', '9223372036854775808'],
    ['["null","int"]', '"1"'],
    ['{"type":"record","name":"S","fields":[{"name":"x","type":"int"}]}', '{}'],
  ])('of %s may not be %s, unless nobody asks', (type, value) => {
    expect(findings(withDefault(type, value))).toEqual([
      { field: expect.stringMatching(/^\$/), message: 'the default of field "f" is not a value of its type' },
    ]);
    expect(findings(withDefault(type, value), { validateDefaults: false })).toEqual([]);
  });

  test('a long keeps every digit', () => {
    expect((root(withDefault('"long"', '9223372036854775807')) as RecordNode).fields[0]?.default).toBe(2n ** 63n - 1n);
  });
});

describe('text', () => {
  test('may hold comments, and of two members of one name the second counts', () => {
    expect(root('/* a */ {"type": // b\n "int", "type": "long"}').kind).toBe('long');
  });

  test.each(['', '{', '[1,]', '"int" "int"', '{"type":"int",}', '"\n"', '"\\x"', '01', 'nul', "'int'"])(
    'that is not JSON is refused: %j',
    (text) => {
      expect(findings(text)).toHaveLength(1);
    },
  );
});
