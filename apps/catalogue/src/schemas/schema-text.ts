/**
 * The one spelling of a schema by which the registry tells schemas apart. Two texts that differ in white space, in
 * the order of attributes, in how a name is qualified or in `{"type": "string"}` for `"string"` are the same schema;
 * a different doc, default or attribute makes another one. Serializers spell a schema their own way, so what they
 * send has to meet what was registered.
 */
import { createHash } from 'node:crypto';

const PRIMITIVES = new Set(['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string']);
const NAMED = new Set(['record', 'error', 'enum', 'fixed']);
const TYPE_ORDER = ['type', 'name', 'namespace', 'doc', 'key', 'time', 'fields', 'symbols', 'items', 'values', 'size'];
const FIELD_ORDER = ['name', 'type', 'doc', 'classification', 'default'];

type Json = Record<string, unknown>;

export function canonicalText(schema: unknown): string {
  return JSON.stringify(typeOf(schema, ''));
}

/** SHA-256 of the canonical text, hex: what the unique constraint of the table of schemas is on. */
export const fingerprintOf = (canonical: string): string => createHash('sha256').update(canonical).digest('hex');

function typeOf(type: unknown, namespace: string): unknown {
  if (typeof type === 'string') return PRIMITIVES.has(type) ? type : relative(type, namespace);
  if (Array.isArray(type)) return type.map((branch) => typeOf(branch, namespace));
  if (typeof type !== 'object' || type === null) return type;
  const object = type as Json;
  if (typeof object.type !== 'string' || !NAMED.has(object.type)) return unnamed(object, namespace);

  const full = fullName(object, namespace);
  const inner = full.slice(0, Math.max(0, full.lastIndexOf('.')));
  const { namespace: _, ...rest } = object;
  return ordered(
    {
      ...rest,
      name: full.slice(full.lastIndexOf('.') + 1),
      ...(inner !== namespace && { namespace: inner }),
      ...(Array.isArray(object.fields) && { fields: object.fields.map((field) => fieldOf(field, inner)) }),
    },
    TYPE_ORDER,
  );
}

function unnamed(object: Json, namespace: string): unknown {
  if (Object.keys(object).length === 1) return typeOf(object.type, namespace);
  const nested = Object.fromEntries(
    ['type', 'items', 'values'].filter((key) => key in object).map((key) => [key, typeOf(object[key], namespace)]),
  );
  return ordered({ ...object, ...nested }, TYPE_ORDER);
}

function fieldOf(field: unknown, namespace: string): unknown {
  if (typeof field !== 'object' || field === null) return field;
  const object = field as Json;
  return ordered({ ...object, type: typeOf(object.type, namespace) }, FIELD_ORDER);
}

function fullName(object: Json, enclosing: string): string {
  const name = typeof object.name === 'string' ? object.name : '';
  if (name.includes('.')) return name;
  const namespace = typeof object.namespace === 'string' ? object.namespace : enclosing;
  return namespace === '' ? name : `${namespace}.${name}`;
}

const relative = (name: string, namespace: string): string =>
  namespace !== '' && name.slice(0, Math.max(0, name.lastIndexOf('.'))) === namespace
    ? name.slice(namespace.length + 1)
    : name;

/** The known attributes first, in the order people expect; the rest by name. Types inside are in order already. */
function ordered(object: Json, known: readonly string[]): Json {
  const rest = Object.keys(object)
    .filter((key) => !known.includes(key))
    .sort();
  return Object.fromEntries(
    [...known.filter((key) => key in object), ...rest].map((key) => [
      key,
      TYPED.has(key) ? object[key] : sorted(object[key]),
    ]),
  );
}

const TYPED = new Set(['type', 'fields', 'items', 'values']);

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const object = value as Json;
  return Object.fromEntries(
    Object.keys(object)
      .sort()
      .map((key) => [key, sorted(object[key])]),
  );
}
