/**
 * Whether two schemas are the same to the Java library (`Schema.equals`): attributes, defaults and orders count, docs,
 * aliases and the default of an enum do not.
 */
import { isJsonObject, type JsonValue } from './json.js';
import type { FieldNode, SchemaNode } from './schema-node.js';

/**
 * Ends, though schemas have cycles: one of two types of one name is always written out in full, down to names that both
 * take from the types defined first.
 */
export function sameNode(left: SchemaNode, right: SchemaNode): boolean {
  if (left === right) return true;
  if (left.kind === 'union' && right.kind === 'union') return sameItems(left.branches, right.branches, sameNode);
  if (left.kind === 'union' || right.kind === 'union') return false;
  if (!sameJson(left.properties as JsonValue, right.properties as JsonValue)) return false;
  if (left.kind === 'array' && right.kind === 'array') return sameNode(left.items, right.items);
  if (left.kind === 'map' && right.kind === 'map') return sameNode(left.values, right.values);
  if (!('name' in left) || !('name' in right)) return left.kind === right.kind;
  if (left.name.full !== right.name.full) return false;
  if (left.kind === 'fixed' && right.kind === 'fixed') return left.size === right.size;
  if (left.kind === 'enum' && right.kind === 'enum') return sameItems(left.symbols, right.symbols, Object.is);
  return left.kind === 'record' && right.kind === 'record' && sameItems(left.fields, right.fields, sameField);
}

const sameField = (left: FieldNode, right: FieldNode): boolean =>
  left.name === right.name &&
  sameNode(left.type, right.type) &&
  sameDefault(left.default, right.default) &&
  left.order === right.order &&
  sameJson(left.properties as JsonValue, right.properties as JsonValue);

function sameDefault(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  return left === undefined || right === undefined ? left === right : sameJson(left, right);
}

/** The order of an object's members does not count; `1` and `1.0` differ. */
function sameJson(left: JsonValue, right: JsonValue): boolean {
  if (Array.isArray(left)) return Array.isArray(right) && sameItems(left, right, sameJson);
  if (!isJsonObject(left)) return Object.is(left, right);
  if (!isJsonObject(right) || left.size !== right.size) return false;
  return [...left].every(([name, value]) => sameDefault(value, right.get(name)));
}

function sameItems<T>(left: readonly T[], right: readonly T[], same: (a: T, b: T) => boolean): boolean {
  return left.length === right.length && left.every((item, i) => same(item, right[i]!));
}
