/** Random views of a writer: fields, masks that mostly fit, predicates, key and time. */
import { type AvroRecord, checkPredicate, deriveMaskKey, type ProjectionOptions } from '@citystreams/avro';
import type { ExecutableMask, MaskKeyScope, Predicate, Scalar, Ulid } from '@citystreams/contracts';
import { once, pick, type Tape } from './tape.js';
import { kindOf, type Plain, type WriterModel } from './writer.model.js';

export const SECRET = Buffer.from('0123456789abcdef0123456789abcdef');
const SCOPES: readonly MaskKeyScope[] = [
  { per: 'purpose', purpose: 'TRAFFIC' },
  { per: 'entitlement', entitlement: '01JZZZZZZZZZZZZZZZZZZZZZZZ' as Ulid },
];

export function randomView(
  tape: Tape,
  writer: WriterModel,
): ProjectionOptions & { masks: Record<string, ExecutableMask> } {
  const paths = writer.paths();
  const fields = paths.filter(() => once(tape, 3)).map(({ path }) => path);
  if (fields.length === 0) fields.push(pick(tape, paths).path);
  const masks: Record<string, ExecutableMask> = {};
  for (const { path, type } of paths) {
    const kept = fields.some((field) => path === field || path.startsWith(`${field}.`));
    if (kept && once(tape, 3)) masks[path] = randomMask(tape, plainest(type));
  }
  const top = writer.record.fields.map(({ name, type }) => ({ name, kind: scalarKind(writer.plain(type)) }));
  const keys = top.filter(({ kind }) => ['string', 'int', 'long', 'enum'].includes(kind));
  const times = top.filter(({ kind }) => kind === 'long');
  return {
    writer: writer.record,
    fields,
    masks,
    maskKey: (scope) => deriveMaskKey(SECRET, scope, 1),
    predicate: once(tape, 2) ? randomPredicate(tape, writer.record, paths) : null,
    absent: { missing: 5, gone: { city: 'x' } },
    key: keys.length > 0 && once(tape, 2) ? pick(tape, keys).name : null,
    time: times.length > 0 && once(tape, 2) ? pick(tape, times).name : null,
  };
}

/** The kind of a type that is no list. */
function scalarKind(type: Plain): string {
  const kind = plainest(type);
  const isList = JSON.stringify(type).includes('"array"');
  if (isList) return 'list';
  return kind.includes('time') ? 'long' : kind;
}

/** The kind of a type, seen through null and lists. */
function plainest(type: Plain): string {
  if (Array.isArray(type)) {
    const others = type.filter((branch) => branch !== 'null');
    const [only] = others;
    return others.length === 1 && only !== undefined ? plainest(only) : 'choice';
  }
  if (typeof type === 'string') return type;
  if (typeof type.logicalType === 'string') return type.logicalType;
  return type.type === 'array' ? plainest(type.items ?? 'null') : kindOf(type);
}

function randomMask(tape: Tape, kind: string): ExecutableMask {
  const fitting = once(tape, 12) ? [...texts(tape), ...numbers(tape)] : maskFor(tape, kind);
  return pick(tape, [{ kind: 'null' }, { kind: 'drop' }, ...fitting]);
}

function maskFor(tape: Tape, kind: string): ExecutableMask[] {
  switch (kind) {
    case 'string':
      return [...texts(tape), { kind: 'constant', value: pick(tape, ['', 'withheld', '深圳']) }];
    case 'enum':
      return [...texts(tape), { kind: 'constant', value: 'S0' }];
    case 'int':
    case 'long':
      return [
        { kind: 'pseudonym', text: pick(tape, ['hex', 'base64url']), key: pick(tape, SCOPES) },
        { kind: 'generalise', to: { by: 'step', step: pick(tape, [1, 7, 1000, 2 ** 40]) } },
        { kind: 'constant', value: kind === 'long' && once(tape, 2) ? '9223372036854775807' : -5 },
      ];
    case 'float':
    case 'double':
      return [...numbers(tape), { kind: 'constant', value: 2.5 }];
    case 'boolean':
      return [{ kind: 'constant', value: true }];
    case 'bytes':
    case 'fixed':
      return [{ kind: 'pseudonym', text: pick(tape, ['hex', 'base64url']), key: pick(tape, SCOPES) }];
    default:
      return kind.includes('time') ? times(tape, kind) : [];
  }
}

const texts = (tape: Tape): ExecutableMask[] => [
  { kind: 'truncate', to: { unit: 'characters', count: tape.below(5) } },
  { kind: 'partial', first: tape.below(4), last: tape.below(4) },
  { kind: 'generalise', to: { by: 'groups', groups: { S0: 'first', S2: 'third', a: '甲' }, otherwise: 'other' } },
  { kind: 'pseudonym', text: pick(tape, ['hex', 'base64url']), key: pick(tape, SCOPES) },
];

const numbers = (tape: Tape): ExecutableMask[] => [
  { kind: 'generalise', to: { by: 'step', step: pick(tape, [0.5, 10, 0.01]) } },
  { kind: 'truncate', to: { unit: 'degrees', size: 0.25 } },
  { kind: 'truncate', to: { unit: 'metres', axis: 'longitude', size: 500, latitude: 22.8 } },
];

const times = (tape: Tape, kind: string): ExecutableMask[] => [
  {
    kind: 'truncate',
    to: {
      unit: kind.startsWith('time-') || once(tape, 2) ? 'hour' : 'day',
      ...(once(tape, 2) && { utcOffsetMinutes: pick(tape, [480, -210]) }),
    },
  },
  { kind: 'pseudonym', text: 'hex', key: pick(tape, SCOPES) },
];

/** Only predicates that a contract's check lets through. */
function randomPredicate(
  tape: Tape,
  record: AvroRecord,
  paths: readonly { path: string; type: Plain }[],
): Predicate | null {
  const term = (): Predicate => {
    const { path, type } = pick(tape, [
      ...paths,
      { path: 'missing', type: 'int' },
      { path: 'gone.city', type: 'string' },
      { path: 'nowhere', type: 'int' },
    ]);
    const values = literals(plainest(type));
    const op = pick(tape, ['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'in', 'startsWith', 'isNull'] as const);
    if (op === 'isNull') return { op, field: path };
    if (op === 'startsWith') return { op, field: path, prefix: pick(tape, ['e', 'S', 'é', '深', 'eeeeeea']) };
    if (op === 'in')
      return { op, field: path, values: Array.from({ length: 1 + tape.below(12) }, () => pick(tape, values)) };
    return { op, field: path, value: pick(tape, values) };
  };
  const fits = (predicate: Predicate): boolean =>
    checkPredicate(predicate, record).every(({ field }) => ['missing', 'gone.city', 'nowhere'].includes(field));
  const tree = (depth: number): Predicate => {
    const kind = depth > 2 ? 0 : tape.below(6);
    if (kind === 4) return { op: 'not', of: tree(depth + 1) };
    if (kind > 4) return { op: pick(tape, ['and', 'or'] as const), of: [tree(depth + 1), tree(depth + 1)] };
    const one = term();
    return fits(one) ? one : { op: 'isNull', field: 'missing' };
  };
  return tree(0);
}

function literals(kind: string): readonly Scalar[] {
  switch (kind) {
    case 'boolean':
      return [true, false];
    case 'string':
    case 'enum':
      return ['', 'S0', 'S1', 'S70', 'a', 'eeeeee', '😀', '\uffff', '深圳', 'eeeeee深', 'eeeeee😀', 'eeeeee\uffff'];
    default:
      return [
        0,
        1,
        -1,
        1.5,
        64,
        -65,
        1e6,
        2 ** 31,
        '9007199254740993',
        '9223372036854775807',
        '-9223372036854775808',
        5,
      ];
  }
}
