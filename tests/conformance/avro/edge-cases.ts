/**
 * Texts at the borders of what a schema is: which of them the Java library takes, and as what, is for the library to
 * say. Hand-made, where random schemas would hardly ever come.
 */
import type { SchemaQuestion } from './java-oracle.js';
import { byDefault, field, named, record } from './schema-texts.js';

const JSON_TEXTS = [
  '',
  ' ',
  'null',
  '1',
  'true',
  '"string"',
  ' "int" ',
  '"nothing"',
  'string',
  '"int" x',
  '"int"]',
  '["int",]',
  '["int"',
  '[]',
  '{}',
  '{"type":"int",}',
  '{"type" "int"}',
  "{'type':'int'}",
  '{"type":"int"} // later',
  '// first\n"int"',
  '/* a */ "int"',
  '{"type":/* a */"int"}',
  '{"type":"int","a":01}',
  '{"type":"int","a":+1}',
  '{"type":"int","a":.5}',
  '{"type":"int","a":1.}',
  '{"type":"int","a":1e400}',
  '{"type":"int","a":-0}',
  '{"type":"int","a":-0.0}',
  '{"type":"int","a":1E2}',
  '{"type":"int","a":NaN}',
  '{"type":"int","a":12345678901234567890123}',
  '{"type":"int","a":"\\u00e9\\/\\b\\u001f"}',
  '{"type":"int","a":"\\x"}',
  '{"type":"int","a":"\t"}',
  '{"type":"int","type":"long"}',
  '{"type":"int","a":1,"b":2,"a":3}',
  '{"type":"int","__proto__":{"x":1}}',
  '{"type":"int","a":0.1,"b":100.0,"c":1234567.0,"d":12345678.0,"e":0.001,"f":0.0001,"g":1.5e300}',
  '\ufeff"int"',
  `${'['.repeat(1001)}"int"${']'.repeat(1001)}`,
];

const SHAPES = [
  '{"type":"array"}',
  '{"type":"array","items":"int","doc":"d","name":"n"}',
  '{"type":"map","values":null}',
  '{"type":"map"}',
  '{"type":{"type":"int"}}',
  '{"type":["int"]}',
  '{"type":"Nothing"}',
  '{"type":"union"}',
  '["int",["long"]]',
  '["int","int"]',
  '["int",{"type":"int","logicalType":"date"}]',
  '[{"type":"array","items":"int"},{"type":"array","items":"long"}]',
  '{"type":"record","name":"R"}',
  '{"type":"record","fields":[]}',
  '{"type":"record","name":"R","fields":{}}',
  record(''),
  record('', ',"default":1,"order":"x","logicalType":"uuid","aliases":[]'),
  record('7'),
  record('{}'),
  record('{"name":"f"}'),
  record('{"name":"f","type":null}'),
  record('{"name":1,"type":"int"}'),
  record('{"name":"f","type":"int"},{"name":"f","type":"int"}'),
  field('"int"', ',"order":"DESCENDING"'),
  field('"int"', ',"order":"sideways"'),
  field('"int"', ',"order":null'),
  field('"int"', ',"doc":1'),
  field('"int"', ',"aliases":["g","g","f"]'),
  field('"int"', ',"aliases":"g"'),
  field('"int"', ',"aliases":[1]'),
  field('{"type":"int","logicalType":7}', ',"logicalType":"date"'),
  '{"type":"error","name":"E","fields":[]}',
  '{"type":"enum","name":"E"}',
  '{"type":"enum","name":"E","symbols":[]}',
  '{"type":"enum","name":"E","symbols":["A","A"]}',
  '{"type":"enum","name":"E","symbols":["A"],"default":"B"}',
  '{"type":"enum","name":"E","symbols":["A"],"default":"A"}',
  '{"type":"enum","name":"E","symbols":["A"],"default":1}',
  '{"type":"enum","name":"E","symbols":["A",1]}',
  '{"type":"enum","name":"E","symbols":["1"]}',
  '{"type":"fixed","name":"F"}',
  '{"type":"fixed","name":"F","size":-1}',
  '{"type":"fixed","name":"F","size":1.0}',
  '{"type":"fixed","name":"F","size":"1"}',
  '{"type":"fixed","name":"F","size":2147483639}',
  '{"type":"fixed","name":"F","size":2147483640}',
  '{"type":"fixed","name":"F","size":2147483648}',
  '{"type":"array","items":"int","a":12345678901234567890}',
  record('', ',"a":[{"b":12345678901234567890}]'),
  record('', ',"a":9223372036854775807'),
  '{"type":"enum","name":"E","symbols":["A"],"a":12345678901234567890}',
];

const NAMES = [
  ...[
    '',
    '1a',
    'a-b',
    'a b',
    'a$',
    '_',
    'ä',
    '名',
    'a.b.C',
    '.C',
    'a.',
    '..C',
    'a..C',
    'int',
    'a.int',
    'record',
    'a.1.C',
    'a.b-c.D',
    '\u{10400}',
    '٣',
    'a٣',
  ].map((name) => named(name)),
  ...['""', '"a"', '"a.b"', '"a."', '"."', '"1"', 'null', '7', '"a-b"'].map((space) =>
    named('C', `,"namespace":${space}`),
  ),
  ...['"B"', '"a.B"', '".B"', '"1"', '"a b.B"', '""', '"int"'].map((alias) => named('a.C', `,"aliases":[${alias}]`)),
  `[${named('a.C')},${named('C')}]`,
  record(`{"name":"f","type":${named('R')}}`),
  `[${named('x.C', ',"namespace":"a"')},"x.C"]`,
];

const two = (first: string, second: string, rest = ''): string =>
  `{"type":"record","name":"a.R","fields":[{"name":"f","type":${first}},{"name":"g","type":${second}}]${rest}}`;
const inner = (fieldRest: string, type = 'record'): string =>
  `{"type":"${type}","name":"S","fields":[{"name":"x","type":"int"${fieldRest}}]}`;
const LINKS = [
  ...[',"order":"ignore"', ',"doc":"d"', ',"aliases":["y"]', ',"z":1', ',"default":0'].map((rest) =>
    two(inner(''), inner(rest)),
  ),
  two(inner(''), inner('', 'error')),

  two('"S"', named('S')),
  two('"a.S"', named('S')),
  two('"S"', named('S', ',"namespace":""')),
  two('"b.S"', named('S')),
  two('"S"', '"int"'),
  two(named('S', ',"namespace":""'), '"S"'),
  two(named('S'), '"S"'),
  two(named('S'), named('S')),
  two(named('S'), named('S', ',"doc":"d"')),
  two(named('S'), named('S', ',"x":1')),
  two(named('S', ',"x":1'), named('S', ',"x":1.0')),
  two(named('S', ',"x":{"a":1,"b":2}'), named('S', ',"x":{"b":2,"a":1}')),
  two('{"type":"enum","name":"E","symbols":["A"]}', '{"type":"enum","name":"E","symbols":["A"],"default":"A"}'),
  two(
    '{"type":"record","name":"S","fields":[{"name":"x","type":"int"}]}',
    '{"type":"record","name":"S","fields":[{"name":"x","type":"int","default":1}]}',
  ),
  two(
    '{"type":"record","name":"S","fields":[{"name":"x","type":"R"}]}',
    '{"type":"record","name":"S","fields":[{"name":"x","type":"R"}]}',
  ),
  two('{"type":"record","name":"R","fields":[]}', '"int"'),
  two('"R"', '["null","a.R"]'),
  two('{"type":"R","x":1}', '{"type":"array","items":"R"}'),
  two('["null","S"]', `["S",${named('S')}]`),
  two('["S","a.S"]', named('S')),
  two('"S"', '{"type":"map","values":{"type":"record","name":"S","fields":[{"name":"x","type":"T"}]}}'),
  '["R",{"type":"record","name":"R","fields":[]}]',
  '{"type":"array","items":"R"}',
  `[${two('"T"', '"int"')},${named('a.T')}]`,
];

/** Whether B is complete when D's default is looked at hangs on which of their fields is visited first. */
const ORDER = ['f1', 'f3'].map((first) => {
  const fields = [`{"name":"${first}","type":"B"}`, '{"name":"f2","type":{"type":"array","items":"D"}}'];
  const A = `{"type":"record","name":"A","fields":[${(first === 'f1' ? fields : fields.reverse()).join(',')}]}`;
  const B = '{"type":"record","name":"B","fields":[{"name":"f1","type":["null","A"],"default":null}]}';
  const D = '{"type":"record","name":"D","fields":[{"name":"f1","type":"B","default":{}}]}';
  return record([D, B, A].map((type, i) => `{"name":"of${i}","type":${type}}`).join(','));
});

const DEFAULTS = [
  ...['1', '1.0', '2147483647', '2147483648', '-2147483649', '"1"', 'null'].map((value) => byDefault('"int"', value)),
  ...['1', '9223372036854775807', '9223372036854775808', '1e3'].map((value) => byDefault('"long"', value)),
  ...[
    '1',
    '1.5',
    '"1.5"',
    '" 1.5 "',
    '"1.5f"',
    '"NaN"',
    '"-Infinity"',
    '"1e"',
    '""',
    '"x"',
    '12345678901234567890',
    '"1."',
    '".5"',
    'true',
    '1e400',
  ].flatMap((value) => [byDefault('"double"', value), byDefault('"float"', value)]),
  ...['null', '1', '"x"', 'true', '{}', '1.0'].map((value) => byDefault('["null","int","string"]', value)),
  ...['[]', '[1]', '["x"]', '[null]', '{}'].map((value) => byDefault('{"type":"array","items":["int","null"]}', value)),
  ...['{}', '{"a":1}', '{"a":"1"}', '[]'].map((value) => byDefault('{"type":"map","values":"int"}', value)),
  ...['"A"', '"B"', '1'].map((value) => byDefault('{"type":"enum","name":"E","symbols":["A"]}', value)),
  ...['"ab"', '"a"', '"€"', '7'].map((value) => byDefault('{"type":"fixed","name":"F","size":2}', value)),
  ...['{}', '{"x":1}', '{"x":"1"}', '{"x":1,"y":2}', 'null', '[]'].map((value) =>
    byDefault('{"type":"record","name":"S","fields":[{"name":"x","type":"int"}]}', value),
  ),
  ...['{}', '{"x":null}'].map((value) =>
    byDefault('{"type":"record","name":"S","fields":[{"name":"x","type":["int","null"],"default":3}]}', value),
  ),
  ...['null', '{}', '{"f":null}', '[]'].flatMap((value) => [
    byDefault('["null","R"]', value),
    byDefault('["R","null"]', value),
  ]),
  byDefault('"R"', '{}'),
  byDefault('[]', 'null'),
  byDefault('{"type":"array","items":"R"}', '[]'),
  byDefault('{"type":"array","items":"R"}', '[{}]'),
  ...['{}', '{"x":1}', '"A"'].flatMap((value) => [
    record(
      `{"name":"f","type":"S","default":${value}},{"name":"g","type":{"type":"record","name":"S","fields":[{"name":"x","type":"int"}]}}`,
    ),
    record(
      `{"name":"g","type":{"type":"record","name":"S","fields":[{"name":"x","type":["int","R"]}]}},{"name":"f","type":"S","default":${value}}`,
    ),
    record(`{"name":"f","type":"S","default":${value}},{"name":"g","type":{"type":"enum","name":"S","symbols":["A"]}}`),
    record(
      `{"name":"g","type":{"type":"record","name":"S","fields":[{"name":"x","type":["int","T"],"default":1}]}},{"name":"f","type":["S","null"],"default":${value}},{"name":"h","type":{"type":"record","name":"T","fields":[{"name":"s","type":["null","S"],"default":${value}}]}}`,
    ),
  ]),
];

const REFERENCED: readonly SchemaQuestion[] = [
  { schema: field('"a.C"'), references: [named('a.C')] },
  { schema: field('"C"'), references: [named('a.C')] },
  { schema: two('"C"', '"a.D"'), references: [named('a.D'), two('"D"', '"int"').replace('a.R', 'a.C')] },
  { schema: named('a.C'), references: [named('a.C')] },
  { schema: named('a.C', ',"x":1'), references: [named('a.C')] },
  { schema: '"a.C"', references: [named('a.C')] },
  { schema: '["null","a.C"]', references: [named('a.C')] },
  { schema: '{"type":"array","items":"a.S"}', references: [two('"int"', '{"type":"record","name":"S","fields":[]}')] },
];

export const EDGE_CASES: readonly SchemaQuestion[] = [
  ...[...JSON_TEXTS, ...SHAPES, ...NAMES, ...LINKS, ...ORDER, ...DEFAULTS].flatMap((schema) => [
    { schema },
    { schema, names: 'ascii' as const, validateDefaults: false },
  ]),
  ...REFERENCED,
];
