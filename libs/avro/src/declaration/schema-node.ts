/**
 * A schema with its names resolved: a reference by name is the very object that the name's definition made, so that a
 * recursive schema is a cycle and "the same type" is identity.
 */
import type { JsonValue } from './json.js';

export const PRIMITIVES = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'] as const;
export type Primitive = (typeof PRIMITIVES)[number];

export const isPrimitive = (name: string): name is Primitive => (PRIMITIVES as readonly string[]).includes(name);

/** Attributes that the specification does not reserve, in the order they were written. */
export type Properties = ReadonlyMap<string, JsonValue>;
/** Most parts have none, and a large schema has many parts. */
export const NO_PROPERTIES: Properties = new Map();

export interface TypeName {
  simple: string;
  /** Null for the null namespace, never empty. */
  namespace: string | null;
  full: string;
}

export interface PrimitiveNode {
  kind: Primitive;
  properties: Properties;
}

export interface ArrayNode {
  kind: 'array';
  items: SchemaNode;
  properties: Properties;
}

export interface MapNode {
  kind: 'map';
  values: SchemaNode;
  properties: Properties;
}

export interface UnionNode {
  kind: 'union';
  branches: SchemaNode[];
}

interface Named {
  name: TypeName;
  doc: string | null;
  aliases: readonly TypeName[];
  properties: Properties;
}

export interface FieldNode {
  name: string;
  type: SchemaNode;
  doc: string | null;
  /** Undefined where there is none; null is the default null. */
  default: JsonValue | undefined;
  order: 'ascending' | 'descending' | 'ignore';
  aliases: readonly string[];
  properties: Properties;
}

export interface RecordNode extends Named {
  kind: 'record';
  isError: boolean;
  fields: FieldNode[];
  fieldsByName: Map<string, FieldNode>;
}

export interface EnumNode extends Named {
  kind: 'enum';
  symbols: readonly string[];
  default: string | null;
}

export interface FixedNode extends Named {
  kind: 'fixed';
  size: number;
}

export type NamedNode = RecordNode | EnumNode | FixedNode;
export type SchemaNode = PrimitiveNode | ArrayNode | MapNode | UnionNode | NamedNode;

/** What a union tells its branches apart by. */
export const branchName = (node: SchemaNode): string =>
  node.kind === 'record' || node.kind === 'enum' || node.kind === 'fixed' ? node.name.full : node.kind;
