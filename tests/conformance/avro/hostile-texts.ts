/**
 * Schemas that somebody writes to exhaust whoever reads them, each as large as is read at all. By name, with the text
 * made only when it is asked for.
 */
const LENGTH = 1_990_000;

/** As many items as fit into a text of the greatest length. */
function list(item: (i: number) => string, length = LENGTH): string {
  const items: string[] = [];
  for (let i = 0, at = 0; at < length; i += 1) {
    const text = item(i);
    items.push(text);
    at += text.length + 1;
  }
  items.pop();
  return items.join(',');
}

const record = (name: string, fields: string): string => `{"type":"record","name":"${name}","fields":[${fields}]}`;
const attribute = (value: string): string => `{"type":"int","a":${value}}`;
const nested = (levels: number, open: string, inner: string, close: string): string =>
  `${open.repeat(levels)}${inner}${close.repeat(levels)}`;

/** A chain of records, each inside the one before, with a wide one at its end. */
function chain(levels: number, wide: string): string {
  let text = wide;
  for (let i = 0; i < levels; i += 1) text = record(`N${i}`, `{"name":"f","type":${text}}`);
  return text;
}

export const HOSTILE: Readonly<Record<string, () => string>> = {
  'deep arrays': () => nested(10_000, '{"type":"array","items":', '"int"', '}'),
  'brackets that never close': () => '['.repeat(LENGTH),
  'braces that never close': () => '{"a":'.repeat(LENGTH / 5),
  'a string that never closes': () => `"${'\\"'.repeat(LENGTH / 2)}`,
  'comments that never close': () => '/*'.repeat(LENGTH / 2),
  space: () => ' '.repeat(LENGTH),
  'a number without end': () => attribute('9'.repeat(LENGTH)),
  'empty arrays': () => attribute(`[${list(() => '[]')}]`),
  'objects of one member': () => attribute(`[${list(() => '{"":0}')}]`),
  fractions: () => attribute(`[${list((i) => `${i}e-7`)}]`),
  'integers of a thousand digits': () => attribute(`[${list(() => '9'.repeat(1000))}]`),
  escapes: () => attribute(`"${'\\u0001'.repeat(LENGTH / 6)}"`),
  'one name': () => `{"type":"fixed","name":"${'n'.repeat(LENGTH)}","size":1}`,
  'one field’s name': () => record('R', `{"name":"${'n'.repeat(LENGTH)}","type":"int"}`),
  'names of one member': () => `{${list((i) => `"a${i}":0`)},"type":"int"}`,
  'nullable fields': () =>
    record(
      'R',
      list((i) => `{"name":"f${i}","type":["null","int"],"default":null}`),
    ),
  symbols: () => `{"type":"enum","name":"E","symbols":[${list((i) => `"S${i}"`)}]}`,
  'small types': () => `[${list((i) => `{"type":"fixed","name":"F${i}","size":1}`)}]`,
  branches: () => `[${list((i) => record(`R${i}`, ''))}]`,
  'mentions with long names': () =>
    `{"type":"record","name":"R","namespace":"${'n'.repeat(900)}","fields":[${list((i) => `{"name":"f${i}","type":"R"}`)}]}`,
  'mentions of what comes later': () =>
    `[${list((i) => record(`R${i}`, `{"name":"f","type":"R${i + 1}"}`), 1_900_000)},${record('R99999', '')}]`,
  'a type inside types, all defined twice': () => {
    const wide = record(
      'W',
      list((i) => `{"name":"f${i}","type":"int"}`, LENGTH / 2 - 20_000),
    );
    return `[${record('A', `{"name":"f","type":${chain(150, wide)}}`)},${record('B', `{"name":"f","type":${chain(150, wide)}}`)}]`;
  },
  'defaults that fill in one another': () => {
    let text = record('R0', '{"name":"a","type":"int","default":1}');
    for (let i = 1; i <= 100; i += 1) {
      text = record(`R${i}`, `{"name":"a","type":${text},"default":{}},{"name":"b","type":"R${i - 1}","default":{}}`);
    }
    return text;
  },
};
