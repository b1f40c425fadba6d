/**
 * A default as the registry's normalisation writes it: read as a value of its type (Java: JacksonUtils.toObject) and
 * written again, so that `1` as a double is `1.0` and a float has a float's digits; members of objects are sorted.
 *
 * Where the type does not lead to the value (an array for a union whose first branch is none), the Java library comes
 * out with nothing or fails, and the original registry drops the default or fails. Here such a value is kept as it is:
 * without it, readers would lose a default that their author wrote.
 */
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type SchemaNode,
  type UnionNode,
  writeFloat,
  writeJson,
  writeText,
} from '../declaration/index.js';

export function defaultText(value: JsonValue, type: SchemaNode): string {
  const node = type.kind === 'union' ? branchFor(value, type) : type;
  if (node === undefined) return sortedText(value);
  if (typeof value === 'bigint' || typeof value === 'number') return numberText(value, node);
  if (typeof value === 'string') {
    return writeText(node.kind === 'bytes' || node.kind === 'fixed' ? inLatin1(value) : value);
  }
  if (Array.isArray(value)) {
    return `[${value.map((item) => (node.kind === 'array' ? defaultText(item, node.items) : sortedText(item))).join(',')}]`;
  }
  if (!isJsonObject(value)) return writeJson(value);
  return objectText(value, (name, inner) => {
    const innerType =
      node.kind === 'map' ? node.values : node.kind === 'record' ? node.fieldsByName.get(name)?.type : undefined;
    return innerType === undefined ? sortedText(inner) : defaultText(inner, innerType);
  });
}

/** Numbers and texts go to the first branch that can take them; the rest to the first that is not null, fitting or not. */
function branchFor(value: JsonValue, union: UnionNode): SchemaNode | undefined {
  const kinds = kindsFor(value);
  return union.branches.find(({ kind }) => kind !== 'null' && (kinds === null || kinds.includes(kind)));
}

function kindsFor(value: JsonValue): readonly SchemaNode['kind'][] | null {
  if (typeof value === 'bigint') return ['int', 'long', 'float', 'double'];
  if (typeof value === 'number') return ['float', 'double'];
  return typeof value === 'string' ? ['string', 'enum', 'bytes', 'fixed'] : null;
}

/** Any JSON value with the members of its objects in order. */
export function sortedText(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(sortedText).join(',')}]`;
  return isJsonObject(value) ? objectText(value, (_, inner) => sortedText(inner)) : writeJson(value);
}

function objectText(object: JsonObject, textOf: (name: string, value: JsonValue) => string): string {
  const names = [...object.keys()].sort();
  return `{${names.map((name) => `${writeText(name)}:${textOf(name, object.get(name)!)}`).join(',')}}`;
}

function numberText(value: bigint | number, node: SchemaNode): string {
  if (node.kind === 'float') return writeFloat(Number(value));
  return writeJson(node.kind === 'double' ? Number(value) : value);
}

/** Java's ISO-8859-1: what it does not have, a pair of surrogates included, becomes one question mark. */
const inLatin1 = (text: string): string => text.replace(/[\u{100}-\u{10ffff}]/gu, '?');
