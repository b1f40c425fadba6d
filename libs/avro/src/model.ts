/**
 * A writer's schema with its names resolved: a graph of nodes, cyclic where a type refers to itself. What the parts
 * that work on bytes are made from.
 */
import type { AvroField, AvroObject, AvroRecord, AvroType } from './schema.js';

export type ScalarKind = 'null' | 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string';

export interface ScalarNode {
  kind: ScalarKind;
  logical?: string;
}
export interface FixedNode {
  kind: 'fixed';
  size: number;
}
export interface EnumNode {
  kind: 'enum';
  symbols: readonly string[];
}
export interface UnionNode {
  kind: 'union';
  branches: readonly AvroNode[];
}
export interface ArrayNode {
  kind: 'array';
  items: AvroNode;
}
export interface MapNode {
  kind: 'map';
  values: AvroNode;
}
export interface RecordNode {
  kind: 'record';
  /** Full name. */
  name: string;
  fields: FieldNode[];
}
export interface FieldNode {
  name: string;
  type: AvroNode;
}
export type AvroNode = ScalarNode | FixedNode | EnumNode | UnionNode | ArrayNode | MapNode | RecordNode;

const SCALARS: ReadonlySet<string> = new Set<ScalarKind>([
  'null',
  'boolean',
  'int',
  'long',
  'float',
  'double',
  'bytes',
  'string',
]);
const isScalar = (name: string): name is ScalarKind => SCALARS.has(name);

/** Throws RangeError on a schema that names an unknown type or leaves out what its type needs. */
export function resolveRecord(record: AvroRecord): RecordNode {
  const node = new Resolver().resolve(record, '');
  if (node.kind !== 'record') throw new RangeError('an event is a record');
  return node;
}

class Resolver {
  private readonly named = new Map<string, AvroNode>();

  resolve(type: AvroType, namespace: string): AvroNode {
    if (typeof type === 'string') return isScalar(type) ? { kind: type } : this.reference(type, namespace);
    if (Array.isArray(type)) return { kind: 'union', branches: type.map((t) => this.resolve(t, namespace)) };
    if (typeof type.type !== 'string') return this.resolve(type.type, namespace);
    switch (type.type) {
      case 'array':
        return { kind: 'array', items: this.resolve(needed(type.items), namespace) };
      case 'map':
        return { kind: 'map', values: this.resolve(needed(type.values), namespace) };
      case 'enum':
        return this.define(type, namespace, { kind: 'enum', symbols: [...needed(type.symbols)] });
      case 'fixed':
        return this.define(type, namespace, { kind: 'fixed', size: sizeOf(type) });
      case 'record':
      case 'error':
        return this.record(type, namespace);
      default:
        return this.scalar(type, type.type, namespace);
    }
  }

  private scalar(type: AvroObject, name: string, namespace: string): AvroNode {
    if (!isScalar(name)) return this.reference(name, namespace);
    return { kind: name, ...(typeof type.logicalType === 'string' && { logical: type.logicalType }) };
  }

  /** A record is known by its name before its fields are read: they may refer to it. */
  private record(type: AvroObject, namespace: string): RecordNode {
    const name = fullNameOf(type.name ?? '', type.namespace, namespace);
    const node: RecordNode = { kind: 'record', name, fields: [] };
    this.define(type, namespace, node);
    const inner = name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : '';
    node.fields.push(
      ...needed(type.fields).map((f: AvroField) => ({ name: f.name, type: this.resolve(f.type, inner) })),
    );
    return node;
  }

  private define(type: AvroObject, namespace: string, node: AvroNode): AvroNode {
    this.named.set(fullNameOf(type.name ?? '', type.namespace, namespace), node);
    return node;
  }

  private reference(name: string, namespace: string): AvroNode {
    const found = this.named.get(fullNameOf(name, undefined, namespace));
    if (found === undefined) throw new RangeError('the schema refers to a type that it does not define');
    return found;
  }
}

function needed<T>(part: T | undefined): T {
  if (part === undefined) throw new RangeError('the schema leaves out what its type needs');
  return part;
}

function sizeOf(type: AvroObject): number {
  const size = Number(type.size);
  if (!Number.isInteger(size) || size < 0 || size > 0x7fffffff) throw new RangeError('a fixed type needs a size');
  return size;
}

/** The full name of a type, as the specification's "Names" resolves it. */
export function fullNameOf(name: string, own: string | undefined, inherited: string): string {
  if (name.includes('.')) return name;
  const namespace = own ?? inherited;
  return namespace === '' ? name : `${namespace}.${name}`;
}

/** All records that can be met below a node, itself included, by full name. */
export function recordsIn(node: AvroNode, into: Map<string, RecordNode> = new Map()): Map<string, RecordNode> {
  switch (node.kind) {
    case 'record':
      if (into.has(node.name)) return into;
      into.set(node.name, node);
      for (const field of node.fields) recordsIn(field.type, into);
      return into;
    case 'array':
      return recordsIn(node.items, into);
    case 'map':
      return recordsIn(node.values, into);
    case 'union':
      for (const branch of node.branches) recordsIn(branch, into);
      return into;
    default:
      return into;
  }
}

/** Their names. */
export const recordsBelow = (node: AvroNode): ReadonlySet<string> => new Set(recordsIn(node).keys());
