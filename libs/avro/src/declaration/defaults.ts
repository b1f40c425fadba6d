/**
 * Whether a JSON value may be the default of a type (Java: Schema.isValidDefault). A union takes a value of any of its
 * branches; text stands for enums, bytes and fixed without a look at symbols and lengths, as in the Java library.
 */
import { isJsonObject, type JsonObject, type JsonValue } from './json.js';
import { Refused } from './refusal.js';
import type { FieldNode, RecordNode, SchemaNode } from './schema-node.js';

const INT = 1n << 31n;
const LONG = 1n << 63n;

export interface Definitions {
  /** Null while the record is still being defined. */
  fieldsOf(record: RecordNode): readonly FieldNode[] | null;
  /** The type that a name stands for. */
  resolve(node: SchemaNode): SchemaNode;
  /** Counts a step of work; throws Refused when there are too many. Defaults inside defaults can double and double. */
  step(): void;
}

/** Values inside values; a default that leaves out fields stands for their defaults, and so on. */
const DEEPEST = 500;

export function isValidDefault(type: SchemaNode, value: JsonValue, known: Definitions, depth = 0): boolean {
  known.step();
  if (depth > DEEPEST) throw new Refused(`a default stands for values nested deeper than ${DEEPEST}`);
  const node = known.resolve(type);
  switch (node.kind) {
    case 'null':
      return value === null;
    case 'boolean':
      return typeof value === 'boolean';
    case 'int':
      return typeof value === 'bigint' && value >= -INT && value < INT;
    case 'long':
      return typeof value === 'bigint' && value >= -LONG && value < LONG;
    case 'float':
    case 'double':
      return typeof value === 'bigint' || typeof value === 'number';
    case 'string':
    case 'bytes':
    case 'enum':
    case 'fixed':
      return typeof value === 'string';
    case 'array':
      return Array.isArray(value) && value.every((item) => isValidDefault(node.items, item, known, depth + 1));
    case 'map':
      if (!isJsonObject(value)) return false;
      return [...value.values()].every((item) => isValidDefault(node.values, item, known, depth + 1));
    case 'union':
      return node.branches.some((branch) => isValidDefault(branch, value, known, depth + 1));
    default:
      return isJsonObject(value) && isValidRecord(node, value, known, depth + 1);
  }
}

function isValidRecord(record: RecordNode, value: JsonObject, known: Definitions, depth: number): boolean {
  const fields = known.fieldsOf(record);
  if (fields === null) throw new Refused(`a default holds a value of ${record.name.full} before that type is complete`);
  return fields.every((field) => {
    const given = value.has(field.name) ? value.get(field.name) : field.default;
    return given !== undefined && isValidDefault(field.type, given, known, depth);
  });
}
