/**
 * Parsing Canonical Form (Avro specification 1.12, "Transforming into Parsing Canonical Form"): two schemas with the
 * same form read and write the same bytes.
 */
import { type AvroType, isRecord } from './schema.js';

const PRIMITIVES = new Set(['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string']);

export function parsingCanonicalForm(schema: AvroType): string {
  return write(schema, '');
}

function write(type: AvroType, namespace: string): string {
  if (typeof type === 'string')
    return JSON.stringify(PRIMITIVES.has(type) ? type : fullName(type, undefined, namespace));
  if (Array.isArray(type)) return `[${type.map((t) => write(t, namespace)).join(',')}]`;
  if (typeof type.type !== 'string') return write(type.type, namespace);
  switch (type.type) {
    case 'array':
      return `{"type":"array","items":${write(type.items ?? 'null', namespace)}}`;
    case 'map':
      return `{"type":"map","values":${write(type.values ?? 'null', namespace)}}`;
    case 'record':
    case 'error':
    case 'enum':
    case 'fixed': {
      const name = fullName(type.name ?? '', type.namespace, namespace);
      const inner = name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : '';
      const head = `{"name":${JSON.stringify(name)},"type":"${type.type}"`;
      if (type.type === 'enum') return `${head},"symbols":${JSON.stringify(type.symbols ?? [])}}`;
      if (type.type === 'fixed') return `${head},"size":${Number(type.size)}}`;
      const fields = isRecord(type) ? type.fields : (type.fields ?? []);
      return `${head},"fields":[${fields.map((f) => `{"name":${JSON.stringify(f.name)},"type":${write(f.type, inner)}}`).join(',')}]}`;
    }
    default:
      return write(type.type, namespace);
  }
}

function fullName(name: string, own: string | undefined, inherited: string): string {
  if (name.includes('.')) return name;
  const namespace = own ?? inherited;
  return namespace === '' ? name : `${namespace}.${name}`;
}
