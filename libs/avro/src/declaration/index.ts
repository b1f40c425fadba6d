export { type JsonObject, type JsonValue, isJsonObject } from './json.js';
export { writeFloat, writeJson, writeText } from './json-text.js';
export { type LogicalType, logicalTypeOf } from './logical-type.js';
export type { NameRule } from './names.js';
export { type ReadOptions, type ResolvedSchema, readSchema, type SchemaResult } from './read-schema.js';
export {
  branchName,
  type EnumNode,
  type FieldNode,
  type FixedNode,
  isPrimitive,
  type NamedNode,
  type Properties,
  type RecordNode,
  type SchemaNode,
  type TypeName,
  type UnionNode,
} from './schema-node.js';
