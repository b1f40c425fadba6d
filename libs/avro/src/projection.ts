/**
 * One writer version seen through one view: decode, test, keep, encode. Straightforward on purpose: it is what a
 * faster projector has to equal byte for byte.
 */
import type { Predicate } from '@citystreams/contracts';
import avsc from 'avsc';
import { compileType, isOfBranch } from './codec.js';
import { PredicateFailed, Undecodable } from './failures.js';
import {
  type Around,
  isWhole,
  type KeepTree,
  keepOf,
  keepTree,
  type Masks,
  meaningOf,
  treatmentOf,
  unmasked,
  within,
} from './keep.js';
import { fieldMask } from './masks/field.mask.js';
import type { MaskKeys } from './masks/mask.key.js';
import { compileValueMask } from './masks/value.mask.js';
import { type AvroNode, recordsBelow, resolveRecord } from './model.js';
import { compilePredicate } from './predicate.js';
import type { AvroRecord } from './schema.js';
import { projectSchema } from './view-schema.js';

export { PredicateFailed, Undecodable };

export interface Projection {
  /**
   * The view's bytes and key of one event, or null when the predicate withholds it. Throws Undecodable when the bytes
   * are not one event of the writer version, and PredicateFailed when the predicate cannot be told.
   */
  project(body: Buffer): ProjectedEvent | null;
}

export interface ProjectedEvent {
  body: Buffer;
  /** The key field as the view shows it, as UTF-8 text; null when the view drops it or it is null. */
  key: Buffer | null;
  /** The event's own time as the view shows that field, in ms since the epoch; null where it shows none. */
  time: number | null;
}

export interface ProjectionOptions {
  writer: AvroRecord;
  fields: readonly string[];
  /** How kept fields are shown, by path; as they are where nothing is said. */
  masks?: Masks;
  /** What pseudonyms are made with; needed by views that show any. */
  maskKey?: MaskKeys;
  predicate: Predicate | null;
  /** Name of the key field, or null when the view has no key. */
  key: string | null;
  /** Name of the event's time field. */
  time: string | null;
  /** Values of predicate fields that this writer version lacks, by path. */
  absent?: Readonly<Record<string, unknown>>;
}

export function compileProjection(options: ProjectionOptions): Projection {
  const { writer, fields, masks, predicate, key, time } = options;
  const source = compileType(writer);
  const schema = projectSchema(writer, fields, masks);
  if (schema === null) throw new RangeError('this version of the contract has none of the fields of the view');
  const target = compileType(schema);
  const keeper = new Keeper(options.maskKey ?? null);
  const keep = keeper.compile(source, target, resolveRecord(writer), keepTree(fields, masks), new Map());
  const test = predicate === null ? null : compilePredicate(predicate, options.absent);

  return {
    project(body) {
      const event = decode(source, body);
      if (test !== null && !passes(test, event)) return null;
      const shown = keep(event) as Record<string, unknown>;
      return { body: encode(target, shown), key: keyOf(shown, key), time: timeOf(shown, time) };
    },
  };
}

/** The key of a record: the key field's value as UTF-8 text. */
export const keyBytes = (value: unknown): Buffer => Buffer.from(String(value), 'utf8');

function keyOf(shown: Record<string, unknown>, key: string | null): Buffer | null {
  const value = key !== null && Object.hasOwn(shown, key) ? shown[key] : null;
  return value === null ? null : keyBytes(value);
}

function timeOf(shown: Record<string, unknown>, time: string | null): number | null {
  const value = time !== null && Object.hasOwn(shown, time) ? shown[time] : null;
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : null;
}

function decode(source: avsc.Type, body: Buffer): Record<string, unknown> {
  try {
    return source.fromBuffer(body) as Record<string, unknown>;
  } catch (error) {
    throw new Undecodable('the bytes are not one event of the writer version', { cause: error });
  }
}

/** `avsc` decodes an int that has too many bits and refuses to encode it. */
function encode(target: avsc.Type, shown: unknown): Buffer {
  try {
    return target.toBuffer(shown);
  } catch (error) {
    throw new Undecodable('the event holds a value that its type cannot', { cause: error });
  }
}

function passes(test: (event: Record<string, unknown>) => boolean, event: Record<string, unknown>): boolean {
  try {
    return test(event);
  } catch (error) {
    throw new PredicateFailed('the predicate failed on this event', { cause: error });
  }
}

type Keep = (value: unknown) => unknown;
const asIs: Keep = (value) => value;

/** Walks the types of both sides together, so that what is kept is exactly what the view's schema has room for. */
class Keeper {
  /** One for each meaning of each record: a record may refer to itself. */
  private readonly records = new Map<string, Keep>();

  constructor(private readonly maskKey: MaskKeys | null) {}

  compile(source: avsc.Type, target: avsc.Type, node: AvroNode, keep: KeepTree, around: Around): Keep {
    if (node.kind === 'null') return asIs;
    if (isWhole(keep) && ![...recordsBelow(node)].some((name) => around.has(name))) return asIs;
    if (source instanceof avsc.types.RecordType && target instanceof avsc.types.RecordType && node.kind === 'record')
      return this.record(source, target, node, keep, around);
    if (source instanceof avsc.types.ArrayType && target instanceof avsc.types.ArrayType && node.kind === 'array') {
      const inner = this.compile(source.itemsType, target.itemsType, node.items, keep, around);
      return (value) => (value as unknown[]).map(inner);
    }
    if (source instanceof avsc.types.MapType && target instanceof avsc.types.MapType && node.kind === 'map') {
      const inner = this.compile(source.valuesType, target.valuesType, node.values, keep, around);
      return (value) => Object.fromEntries(Object.entries(value as object).map(([k, v]) => [k, inner(v)]));
    }
    if (isUnion(source) && isUnion(target) && node.kind === 'union') {
      const branches = source.types.map((type, i) => {
        const [other, branch] = [target.types[i], node.branches[i]];
        if (other === undefined || branch === undefined) throw new RangeError('the view has fewer branches');
        return { type, target: other, keep: this.compile(type, other, branch, keep, around) };
      });
      return chosen(source, branches);
    }
    throw new RangeError(`a ${source.typeName} has no fields to choose from`);
  }

  private record(
    source: avsc.types.RecordType,
    target: avsc.types.RecordType,
    node: Extract<AvroNode, { kind: 'record' }>,
    keep: KeepTree,
    around: Around,
  ): Keep {
    const treatment = treatmentOf(node.name, keep, around);
    const inner = within(node.name, treatment, around);
    const id = `${node.name}|${meaningOf(treatment, inner, recordsBelow(node))}`;
    const known = this.records.get(id);
    if (known !== undefined) return (value) => known(value);
    const fields: [string, Keep][] = [];
    const whole: Keep = (value) =>
      Object.fromEntries(fields.map(([name, of]) => [name, of((value as Record<string, unknown>)[name])]));
    this.records.set(id, whole);
    for (const { name, type } of target.fields) {
      const from = source.field(name);
      const below = keepOf(treatment, name);
      const field = node.fields.find((f) => f.name === name);
      if (from === undefined || below === undefined || field === undefined)
        throw new RangeError(`field ${name} is not one of the view's`);
      fields.push([name, this.field(from.type, type, field.type, below, inner)]);
    }
    return whole;
  }

  private field(source: avsc.Type, target: avsc.Type, node: AvroNode, keep: KeepTree, around: Around): Keep {
    if (keep.mask === undefined || (keep.mask.kind === 'null' && node.kind === 'null'))
      return this.compile(source, target, node, unmasked(keep), around);
    const mask = fieldMask(node, keep.mask);
    if (typeof mask === 'string') throw new RangeError(mask);
    if (keep.mask.kind === 'pseudonym' && this.maskKey === null)
      throw new RangeError('the view shows pseudonyms and was given no key');
    return compileValueMask(mask, this.maskKey);
  }
}

type Union = avsc.types.UnwrappedUnionType | avsc.types.WrappedUnionType;
const isUnion = (type: avsc.Type): type is Union =>
  type instanceof avsc.types.UnwrappedUnionType || type instanceof avsc.types.WrappedUnionType;

function chosen(source: Union, branches: readonly { type: avsc.Type; target: avsc.Type; keep: Keep }[]): Keep {
  if (source instanceof avsc.types.WrappedUnionType) {
    const byName = new Map(branches.map((b) => [b.type.branchName, b]));
    return (value) => {
      if (value === null) return null;
      const [[name, inner]] = Object.entries(value as object) as [[string, unknown]];
      const branch = byName.get(name);
      return { [branch?.target.branchName ?? name]: branch === undefined ? inner : branch.keep(inner) };
    };
  }
  return (value) => (value === null ? null : (branches.find((b) => isOfBranch(b.type, value))?.keep ?? asIs)(value));
}
