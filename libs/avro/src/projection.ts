/**
 * One writer version seen through one view: decode, test, keep, encode. Straightforward on purpose: it is what a
 * faster projector has to equal byte for byte.
 */
import type { Predicate } from '@citystreams/contracts';
import avsc from 'avsc';
import { compileType } from './codec.js';
import { type KeepTree, keepTree } from './keep.js';
import { compilePredicate } from './predicate.js';
import type { AvroRecord } from './schema.js';
import { projectSchema } from './view-schema.js';

export interface Projection {
  /**
   * The view's bytes and key of one event, or null when the predicate withholds it. Throws Undecodable when the bytes
   * are not one event of the writer version, and PredicateFailed when the predicate cannot be told.
   */
  project(body: Buffer): ProjectedEvent | null;
}

export interface ProjectedEvent {
  body: Buffer;
  /** The key field as the view shows it, as UTF-8 text; null when the view drops it. */
  key: Buffer | null;
  /** The event's own time where the view keeps that field, in ms since the epoch. */
  time: number | null;
}

export class Undecodable extends Error {
  override name = 'Undecodable';
}

export class PredicateFailed extends Error {
  override name = 'PredicateFailed';
}

export interface ProjectionOptions {
  writer: AvroRecord;
  fields: readonly string[];
  predicate: Predicate | null;
  /** Name of the key field, or null when the view has no key. */
  key: string | null;
  /** Name of the event's time field, where the view keeps it. */
  time: string | null;
  /** Values of predicate fields that this writer version lacks. */
  absent?: Readonly<Record<string, unknown>>;
}

export function compileProjection(options: ProjectionOptions): Projection {
  const source = compileType(options.writer);
  const schema = projectSchema(options.writer, options.fields);
  if (schema === null) throw new RangeError('this version of the contract has none of the fields of the view');
  const target = compileType(schema);
  const keep = compileKeep(source, target, keepTree(options.fields));
  const test = options.predicate === null ? null : compilePredicate(options.predicate, options.absent);
  const { key, time } = options;

  return {
    project(body) {
      const event = decode(source, body);
      if (test !== null && !passes(test, event)) return null;
      return {
        body: target.toBuffer(keep(event)),
        key: key === null ? null : keyBytes(event[key]),
        time: time === null ? null : Number(event[time]),
      };
    },
  };
}

/** The key of a record: the key field's value as UTF-8 text. */
export const keyBytes = (value: unknown): Buffer => Buffer.from(String(value), 'utf8');

function decode(source: avsc.Type, body: Buffer): Record<string, unknown> {
  try {
    return source.fromBuffer(body) as Record<string, unknown>;
  } catch (error) {
    throw new Undecodable('the bytes are not one event of the writer version', { cause: error });
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

/** Walks both types together, so that what is kept is exactly what the view's schema has room for. */
function compileKeep(source: avsc.Type, target: avsc.Type, keep: KeepTree): Keep {
  if (keep.children === null) return asIs;
  if (source instanceof avsc.types.RecordType && target instanceof avsc.types.RecordType) {
    const children = keep.children;
    const fields = target.fields.map((f) => {
      const from = source.field(f.name);
      const below = children.get(f.name);
      if (from === undefined || below === undefined) throw new RangeError(`field ${f.name} is not one of the view's`);
      return [f.name, compileKeep(from.type, f.type, below)] as const;
    });
    return (value) =>
      Object.fromEntries(fields.map(([name, inner]) => [name, inner((value as Record<string, unknown>)[name])]));
  }
  if (source instanceof avsc.types.ArrayType && target instanceof avsc.types.ArrayType) {
    const inner = compileKeep(source.itemsType, target.itemsType, keep);
    return (value) => (value as unknown[]).map(inner);
  }
  if (source instanceof avsc.types.MapType && target instanceof avsc.types.MapType) {
    const inner = compileKeep(source.valuesType, target.valuesType, keep);
    return (value) => Object.fromEntries(Object.entries(value as object).map(([k, v]) => [k, inner(v)]));
  }
  if (isUnion(source) && isUnion(target)) return compileUnion(source, target, keep);
  throw new RangeError(`a ${source.typeName} has no fields to choose from`);
}

type Union = avsc.types.UnwrappedUnionType | avsc.types.WrappedUnionType;
const isUnion = (type: avsc.Type): type is Union =>
  type instanceof avsc.types.UnwrappedUnionType || type instanceof avsc.types.WrappedUnionType;

function compileUnion(source: Union, target: Union, keep: KeepTree): Keep {
  const branches = source.types.map((type, i) => {
    const other = target.types[i];
    const composite =
      type instanceof avsc.types.RecordType ||
      type instanceof avsc.types.ArrayType ||
      type instanceof avsc.types.MapType;
    return { type, target: other, keep: composite && other !== undefined ? compileKeep(type, other, keep) : asIs };
  });
  if (source instanceof avsc.types.WrappedUnionType) {
    const byName = new Map(branches.map((b) => [b.type.branchName, b]));
    return (value) => {
      if (value === null) return null;
      const [[name, inner]] = Object.entries(value as object) as [[string, unknown]];
      const branch = byName.get(name);
      return { [branch?.target?.branchName ?? name]: branch === undefined ? inner : branch.keep(inner) };
    };
  }
  return (value) => (value === null ? null : (branches.find((b) => b.type.isValid(value))?.keep ?? asIs)(value));
}
