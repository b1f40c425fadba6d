/**
 * What of a schema decides about data: names, types, order, defaults, symbols, sizes and logical types. Docs, aliases
 * and attributes are left out: code generators drop them or add their own (`avro.java.string`), and a serializer with
 * generated code must still find the version that its code was made from.
 */

const TYPE_MEMBERS = ['type', 'name', 'namespace', 'symbols', 'default', 'size', 'logicalType', 'precision', 'scale'];
const FIELD_MEMBERS = ['name', 'default', 'order'];

type Json = Record<string, unknown>;

/** @param text as `registryText` writes it: names are spelled one way only */
export function dataForm(text: string): string {
  return JSON.stringify(typeOf(JSON.parse(text, exactNumbers as never)));
}

/** Numbers as they were written: a long beyond 2^53 is no other one. Node tells the source since 22. */
function exactNumbers(_key: string, value: unknown, context: { source?: string }): unknown {
  return typeof value === 'number' && !Number.isSafeInteger(value) ? { number: context.source } : value;
}

function typeOf(type: unknown): unknown {
  if (Array.isArray(type)) return type.map(typeOf);
  if (typeof type !== 'object' || type === null) return type;
  const object = type as Json;
  const kept = members(object, TYPE_MEMBERS);
  if (Array.isArray(object['fields'])) kept['fields'] = object['fields'].map(fieldOf);
  if ('items' in object) kept['items'] = typeOf(object['items']);
  if ('values' in object) kept['values'] = typeOf(object['values']);
  // An attribute was all that made it an object.
  return Object.keys(kept).length === 1 ? typeOf(kept['type']) : kept;
}

function fieldOf(field: unknown): unknown {
  const object = field as Json;
  return { ...members(object, FIELD_MEMBERS), type: typeOf(object['type']) };
}

const members = (object: Json, names: readonly string[]): Json =>
  Object.fromEntries(names.filter((name) => Object.hasOwn(object, name)).map((name) => [name, object[name]]));
