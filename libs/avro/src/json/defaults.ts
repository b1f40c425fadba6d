/**
 * A field's default, which a schema writes its own way (specification 1.12, "Complex Types"): bytes as one character a
 * byte, numbers of logical types in their unit, a union's value bare, as that of any of its branches.
 */
import { BytesWriter } from './bytes.writer.js';
import type { FieldNode, Node } from './node.js';
import { isMembers, isText } from './value.shapes.js';

/** False where the default does not fit its type; something may be written by then. */
export function writeDefault(node: Node, value: unknown, out: BytesWriter): boolean {
  switch (node.kind) {
    case 'null':
      return value === null;
    case 'boolean':
      if (typeof value === 'boolean') out.boolean(value);
      return typeof value === 'boolean';
    case 'float':
    case 'double':
      if (typeof value === 'number') out[node.kind](value);
      return typeof value === 'number';
    case 'string':
      if (isText(value)) out.string(value);
      return isText(value);
    case 'uuid':
      if (node.fixed) return writeCharacters(value, 16, out);
      if (isText(value)) out.string(value);
      return isText(value);
    case 'enum': {
      const index = node.symbols.indexOf(String(value));
      if (index >= 0) out.int(index);
      return index >= 0;
    }
    case 'bytes':
      return writeCharacters(value, null, out);
    case 'fixed':
    case 'decimal':
      return writeCharacters(value, node.size, out);
    case 'duration':
      return writeCharacters(value, 12, out);
    case 'array':
      return Array.isArray(value) && writeItems(value, (item) => writeDefault(node.items, item, out), out);
    case 'map':
      return (
        isMembers(value) &&
        writeItems(Object.entries(value), ([key, member]) => writeMember(key, member, node.values, out), out)
      );
    case 'record':
      return isMembers(value) && node.fields.every((field) => writeField(field, value, out));
    case 'union':
      return node.branches.some((branch, index) => {
        if (!writeDefault(branch, value, new BytesWriter())) return false;
        out.int(index);
        return writeDefault(branch, value, out);
      });
    default:
      if (Number.isSafeInteger(value)) out.int(value as number);
      return Number.isSafeInteger(value);
  }
}

function writeMember(key: string, member: unknown, values: Node, out: BytesWriter): boolean {
  out.string(key);
  return writeDefault(values, member, out);
}

function writeItems<T>(items: readonly T[], write: (item: T) => boolean, out: BytesWriter): boolean {
  if (items.length > 0) out.int(items.length);
  const fits = items.every(write);
  out.int(0);
  return fits;
}

function writeField({ name, type, ...rest }: FieldNode, value: Record<string, unknown>, out: BytesWriter): boolean {
  if (Object.hasOwn(value, name)) return writeDefault(type, value[name], out);
  return 'default' in rest && writeDefault(type, rest.default, out);
}

/** @param size null where a length stands before the bytes */
function writeCharacters(value: unknown, size: number | null, out: BytesWriter): boolean {
  if (typeof value !== 'string') return false;
  const bytes = Buffer.from(value, 'latin1');
  if (bytes.toString('latin1') !== value) return false;
  if (size === null) out.block(bytes);
  else out.raw(bytes);
  return size === null || bytes.length === size;
}
