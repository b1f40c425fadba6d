import { byDefault, field, named, record } from './schema-texts.js';

/** One schema of every type and shape, to be paired each with each. */
export const EVERY_TYPE: readonly string[] = [
  ...['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'].map((type) => JSON.stringify(type)),
  ...['int', 'string'].flatMap((type) => [`{"type":"array","items":"${type}"}`, `{"type":"map","values":"${type}"}`]),
  named('a.F'),
  named('b.F'),
  named('G', ',"aliases":["a.F","F"]'),
  '{"type":"fixed","name":"F","size":2}',
  '{"type":"enum","name":"E","symbols":["A","B"]}',
  '{"type":"enum","name":"E","symbols":["A"]}',
  '{"type":"enum","name":"x.E","symbols":["A"],"default":"A"}',
  '{"type":"enum","name":"D","symbols":["C","A"],"aliases":["E"]}',
  record(''),
  field('"int"'),
  field('"long"'),
  byDefault('"string"', '""'),
  field('"double"').replace('"R"', '"a.R"'),
  record('{"name":"g","type":"long","aliases":["f"]}', ',"aliases":["Q"]'),
  record('{"name":"f","type":"long","aliases":["f"]}'),
  record('{"name":"g","type":"long"},{"name":"f","type":"int"}').replace('"R"', '"Q"'),
  field('{"type":"enum","name":"E","symbols":["A"],"default":"A"}').replace('"f"', '"e"'),
  field('["null","R"]'),
  field('{"type":"array","items":"R"}'),
  record('{"name":"f","type":["null","R"]},{"name":"g","type":"int"}'),
  '[]',
  '["null"]',
  '["null","int"]',
  '["string","long","null"]',
  `["null",${named('F')},${record('')}]`,
  `["bytes",${field('["null","R"]')},{"type":"array","items":"R"}]`,
  `[${field('"int"')},{"type":"map","values":"R"}]`,
  '{"type":"int","logicalType":"date"}',
  '{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}',
  // Pairs of types that are met inside a union first and outside of it later, and the other way round.
  ...[1, 2].flatMap((size) => {
    const F = `{"type":"fixed","name":"F","size":${size}}`;
    const inR = (rest: string): string => record(`{"name":"f","type":${rest}},{"name":"g","type":"F"}`);
    return [
      inR(`["null",${F}]`),
      inR(F),
      record(`{"name":"g","type":${F}},{"name":"f","type":["null","F"]}`),
      record(
        `{"name":"f","type":{"type":"record","name":"a.S","fields":[{"name":"x","type":["null",${F}]}]}},` +
          '{"name":"g","type":"a.S"}',
      ),
      record(
        `{"name":"f","type":{"type":"record","name":"a.S","fields":[{"name":"x","type":[${F},"null"]}]}},` +
          '{"name":"g","type":{"type":"record","name":"b.S","fields":[{"name":"x","type":"a.F"}]}}',
      ).replace('"name":"F"', '"name":"a.F"'),
    ];
  }),
  named('a.G', ',"aliases":[".F"]'),
  named('a.G', ',"aliases":["F"]'),
  named('F'),
];
