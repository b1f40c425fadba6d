/**
 * The source of a compiled view.
 *
 * Names in it: `s` the scanned event, its `b` bytes, `v` the same as DataView, `f` slots; `d` target, `g` the same as
 * DataView, `q` position in it, `a` and `z` ends of a run; `m` parts that are made, `o` where they are made, `wI` where
 * part I ends there; `c` where a key that is copied begins.
 */
import { type Code, code } from './code.js';
import { copyRunSource } from './copy.js';
import type { Piece } from './pieces.js';
import type { PredicateSource } from './predicate.source.js';

/** Bytes before the Avro body: 0, then the schema id as a big-endian int32. */
const FRAME_BYTES = 5;

export interface ViewParts {
  pieces: readonly Piece[];
  schemaId: number | null;
  predicate: PredicateSource | null;
  key: KeySource | null;
}

export interface KeySource {
  slot: number;
  /** Index among the parts that are made, or -1: it lies at `slot`. */
  part: number;
  /** A text that is copied as it is: the usual key, worth no call. */
  plainText: boolean;
}

export function viewSource({ pieces, schemaId, predicate, key }: ViewParts): Code {
  const parts = pieces.filter((piece) => 'plan' in piece);
  const runs = pieces.filter((piece) => 'to' in piece);
  const ends = parts.map((_, i) => code`let w${i} = 0;`);
  const begin = (part: number): Code => (part === 0 ? code`0` : code`w${part - 1}`);
  const make = parts.map(({ slot }, i) => code`from.open(b, v, f[${slot}]); m[${i}](from, o); w${i} = o.at;`);
  const sizes = runs.map(({ from, to }) => code`+ f[${to}] - f[${from}]`);
  const frame = schemaId === null ? code`` : code`d[q] = 0; g.setInt32(q + 1, ${schemaId}); q += ${FRAME_BYTES};`;

  let part = -1;
  const writes = pieces.map((piece) => {
    if ('to' in piece)
      return copyRunSource(code`b`, code`v`, code`f[${piece.from}]`, code`f[${piece.to}]`, pieces.length);
    part += 1;
    return copyRunSource(code`ob`, code`ov`, begin(part), code`w${part}`, pieces.length);
  });
  return code`
    const { copy, from, o, m, k, key } = given;
    const { int, long, after, past, isOneOf, startsWith, isText, orderOf, isOneOfTexts, failed } = given.compare;
    let c = 0;
    ${ends}
    ${predicate?.functions ?? []}
    const view = {
      keySize: -1,
      measure(s) {
        const b = s.bytes, v = s.data, f = s.offsets;
        ${predicate === null ? code`` : code`if (!(${predicate.test})) return -1;`}
        ${parts.length === 0 ? code`` : code`o.clear(); ${make}`}
        ${readKey(key, begin)}
        return ${schemaId === null ? 0 : FRAME_BYTES} ${sizes} ${parts.length === 0 ? code`` : code`+ o.at`};
      },
      write(s, d, g, q) {
        const b = s.bytes, v = s.data, f = s.offsets, ob = o.bytes, ov = o.data;
        let a = 0, z = 0;
        ${frame}
        ${writes}
        return q;
      },
      writeKey(s, d, g, q) {
        ${writeKey(key)}
      },
      begin(i) {
        switch (i) { ${parts.map((_, i) => code`case ${i}: return ${begin(i)};`)} default: return 0; }
      },
    };
    return view;`;
}

function readKey(key: KeySource | null, begin: (part: number) => Code): Code {
  if (key === null) return code``;
  if (!key.plainText) {
    const at = key.part < 0 ? code`b, v, f[${key.slot}]` : code`o.bytes, o.data, ${begin(key.part)}`;
    return code`key.read(${at}); view.keySize = key.size;`;
  }
  return code`
    c = f[${key.slot}];
    let n = b[c++];
    if (n < 128) n >>>= 1;
    else { n = from.open(b, v, c - 1).number(); c = from.at; }
    view.keySize = n;`;
}

function writeKey(key: KeySource | null): Code {
  if (key === null) return code`return q;`;
  if (!key.plainText) return code`return key.write(d, q);`;
  return code`
    const b = s.bytes, v = s.data;
    let a = 0, z = 0;
    ${copyRunSource(code`b`, code`v`, code`c`, code`c + view.keySize`, 1)}
    return q;`;
}
