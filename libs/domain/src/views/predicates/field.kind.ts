/** What a field can be compared with, told from the contract. */
import { type AvroNode, type AvroRecord, resolveRecord } from '@citystreams/avro';
import type { FieldPath } from '@citystreams/contracts';

/** Units of a time in a second. */
export type TimeUnit = 1_000n | 1_000_000n | 1_000_000_000n;

export type FieldKind =
  | { is: 'text'; symbols: readonly string[] | null }
  | { is: 'boolean' }
  | { is: 'number' }
  /** `instant`: a moment; `local`: what a clock and a calendar show; `clock`: a time of day. */
  | { is: 'instant' | 'local' | 'clock'; unit: TimeUnit }
  /** Days since 1970. */
  | { is: 'date' }
  /** Can only be asked whether it is null. `type`: in words. */
  | { is: 'other'; type: string };

const TIMES: Readonly<Record<string, FieldKind>> = {
  date: { is: 'date' },
  'timestamp-millis': { is: 'instant', unit: 1_000n },
  'timestamp-micros': { is: 'instant', unit: 1_000_000n },
  'timestamp-nanos': { is: 'instant', unit: 1_000_000_000n },
  'local-timestamp-millis': { is: 'local', unit: 1_000n },
  'local-timestamp-micros': { is: 'local', unit: 1_000_000n },
  'local-timestamp-nanos': { is: 'local', unit: 1_000_000_000n },
  'time-millis': { is: 'clock', unit: 1_000n },
  'time-micros': { is: 'clock', unit: 1_000_000n },
};

/** The kinds of a contract's fields, by path; null: no such field, or it lies in a list, a map or a choice of records. */
export type FieldKinds = (path: FieldPath) => FieldKind | null;

export function fieldKinds(record: AvroRecord): FieldKinds {
  const root = resolveRecord(record);
  return (path) => {
    const node = path.split('.').reduce<AvroNode | null>(within, root);
    return node === null ? null : kindOf(withoutNull(node));
  };
}

function within(around: AvroNode | null, name: string): AvroNode | null {
  const record = around === null ? null : withoutNull(around);
  return record?.kind === 'record' ? (record.fields.find((f) => f.name === name)?.type ?? null) : null;
}

function withoutNull(node: AvroNode): AvroNode {
  if (node.kind !== 'union') return node;
  const [only, ...more] = node.branches.filter((branch) => branch.kind !== 'null');
  return only !== undefined && more.length === 0 ? only : node;
}

function kindOf(node: AvroNode): FieldKind {
  const logical = 'logical' in node ? node.logical : undefined;
  switch (node.kind) {
    case 'string':
      return { is: 'text', symbols: null };
    case 'enum':
      return { is: 'text', symbols: node.symbols };
    case 'boolean':
      return { is: 'boolean' };
    case 'int':
    case 'long':
      return (logical !== undefined && Object.hasOwn(TIMES, logical) ? TIMES[logical] : undefined) ?? { is: 'number' };
    case 'float':
    case 'double':
      return { is: 'number' };
    default:
      return { is: 'other', type: logical === undefined ? WORDS[node.kind] : `${WORDS[node.kind]} (${logical})` };
  }
}

const WORDS: Record<
  Exclude<AvroNode['kind'], 'string' | 'enum' | 'boolean' | 'int' | 'long' | 'float' | 'double'>,
  string
> = {
  null: 'always null',
  bytes: 'bytes',
  fixed: 'bytes of a fixed length',
  union: 'a choice of several types',
  array: 'a list',
  map: 'a map',
  record: 'a record',
};
