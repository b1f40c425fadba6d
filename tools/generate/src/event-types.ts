import type { AvroRecord, AvroType } from '@citystreams/avro';

const PRIMITIVES: Record<string, string> = {
  null: 'null',
  boolean: 'boolean',
  int: 'number',
  long: 'number',
  float: 'number',
  double: 'number',
  bytes: 'Uint8Array',
  string: 'string',
};

/**
 * The TypeScript of one event: an interface for the record and one for each record inside it, named after the way to
 * it. A `long` is a number: exact up to 2^53, and a timestamp is milliseconds since 1970.
 */
export function eventTypes(record: AvroRecord): string {
  const written: string[] = [];
  const names = new Map<string, string>();

  function writeRecord(part: AvroRecord, name: string): string {
    names.set(part.name, name);
    const lines = part.fields.map(
      (field) => `${docText(field.doc, '  ')}  ${field.name}: ${typeText(field.type, name)};`,
    );
    written.unshift(`${docText(part.doc, '')}export interface ${name} {\n${lines.join('\n')}\n}\n`);
    return name;
  }

  function typeText(type: AvroType, owner: string): string {
    if (typeof type === 'string') return PRIMITIVES[type] ?? known(type);
    if (Array.isArray(type)) return type.map((branch) => typeText(branch, owner)).join(' | ');
    switch (type.type) {
      case 'record':
        return writeRecord(type as AvroRecord, `${owner}${type.name ?? ''}`);
      case 'enum':
        return remember(type.name, (type.symbols ?? []).map((symbol) => `'${symbol}'`).join(' | '));
      case 'fixed':
        return remember(type.name, 'Uint8Array');
      case 'array':
        return `(${typeText(type.items ?? 'null', owner)})[]`;
      case 'map':
        return `Record<string, ${typeText(type.values ?? 'null', owner)}>`;
      default:
        return typeText(type.type, owner);
    }
  }

  function remember(name: string | undefined, text: string): string {
    if (name !== undefined) names.set(name, text);
    return text;
  }

  function known(reference: string): string {
    const name = reference.slice(reference.lastIndexOf('.') + 1);
    const text = names.get(name);
    if (text === undefined) throw new Error(`${record.name} refers to ${reference}, which it does not define before`);
    return text;
  }

  writeRecord(record, record.name);
  return written.join('\n');
}

const docText = (doc: string | undefined, indent: string): string =>
  doc === undefined ? '' : `${indent}/** ${doc.replaceAll('*/', '* /')} */\n`;
