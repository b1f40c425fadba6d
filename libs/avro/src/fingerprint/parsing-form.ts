/**
 * Parsing Canonical Form (Avro specification 1.12, "Transforming into Parsing Canonical Form"; Java:
 * SchemaNormalization.toParsingForm): two schemas with the same form read and write the same bytes. A type is written
 * out where it is first mentioned, which is where the Java library writes it even if its definition came later.
 */
import type { NamedNode, ResolvedSchema, SchemaNode } from '../declaration/index.js';

export function parsingForm(schema: ResolvedSchema): string {
  const parts: string[] = [];
  write(schema.root, new Set(), parts);
  return parts.join('');
}

function write(node: SchemaNode, written: Set<string>, parts: string[]): void {
  switch (node.kind) {
    case 'union':
      parts.push('[');
      for (const [i, branch] of node.branches.entries()) {
        if (i > 0) parts.push(',');
        write(branch, written, parts);
      }
      parts.push(']');
      break;
    case 'array':
      parts.push('{"type":"array","items":');
      write(node.items, written, parts);
      parts.push('}');
      break;
    case 'map':
      parts.push('{"type":"map","values":');
      write(node.values, written, parts);
      parts.push('}');
      break;
    case 'record':
    case 'enum':
    case 'fixed':
      if (written.has(node.name.full)) parts.push(`"${node.name.full}"`);
      else writeDefinition(node, written.add(node.name.full), parts);
      break;
    default:
      parts.push(`"${node.kind}"`);
  }
}

function writeDefinition(node: NamedNode, written: Set<string>, parts: string[]): void {
  parts.push(`{"name":"${node.name.full}","type":"${node.kind}",`);
  if (node.kind === 'enum') parts.push(`"symbols":[${node.symbols.map((symbol) => `"${symbol}"`).join(',')}]`);
  else if (node.kind === 'fixed') parts.push(`"size":${node.size}`);
  else {
    parts.push('"fields":[');
    for (const [i, field] of node.fields.entries()) {
      parts.push(`${i > 0 ? ',' : ''}{"name":"${field.name}","type":`);
      write(field.type, written, parts);
      parts.push('}');
    }
    parts.push(']');
  }
  parts.push('}');
}
