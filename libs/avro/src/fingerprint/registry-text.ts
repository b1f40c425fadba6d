/**
 * A schema's text as the registry stores and returns it, which is what the Java library writes (Schema.toString): docs,
 * attributes, aliases and defaults are kept, space and the order of reserved members are not.
 */
import {
  type NamedNode,
  type RecordNode,
  type ResolvedSchema,
  type SchemaNode,
  type TypeName,
  isPrimitive,
  type Properties,
  writeJson,
  writeText,
} from '../declaration/index.js';

/** Types of referenced schemas are mentioned by name; `inline: true` writes them out as well. */
export function registryText(schema: ResolvedSchema, options: { inline?: boolean } = {}): string {
  const parts: string[] = [];
  write(schema.root, new Set(options.inline === true ? [] : schema.referenced), null, parts);
  return parts.join('');
}

function write(node: SchemaNode, written: Set<string>, namespace: string | null, parts: string[]): void {
  switch (node.kind) {
    case 'union':
      parts.push('[');
      for (const [i, branch] of node.branches.entries()) {
        if (i > 0) parts.push(',');
        write(branch, written, namespace, parts);
      }
      parts.push(']');
      break;
    case 'array':
    case 'map':
      parts.push(`{"type":"${node.kind}","${node.kind === 'array' ? 'items' : 'values'}":`);
      write(node.kind === 'array' ? node.items : node.values, written, namespace, parts);
      parts.push(`${propertiesText(node.properties)}}`);
      break;
    case 'record':
    case 'enum':
    case 'fixed':
      if (written.has(node.name.full)) parts.push(writeText(nameWithin(node.name, namespace)));
      else writeDefinition(node, written.add(node.name.full), namespace, parts);
      break;
    default:
      parts.push(
        node.properties.size === 0 ? `"${node.kind}"` : `{"type":"${node.kind}"${propertiesText(node.properties)}}`,
      );
  }
}

function writeDefinition(node: NamedNode, written: Set<string>, namespace: string | null, parts: string[]): void {
  const type = node.kind === 'record' && node.isError ? 'error' : node.kind;
  parts.push(`{"type":"${type}","name":"${node.name.simple}"${namespaceText(node.name, namespace)}`);
  if (node.doc !== null) parts.push(`,"doc":${writeText(node.doc)}`);
  if (node.kind === 'record') writeFields(node, written, parts);
  else if (node.kind === 'fixed') parts.push(`,"size":${node.size}`);
  else {
    parts.push(`,"symbols":[${node.symbols.map((symbol) => `"${symbol}"`).join(',')}]`);
    if (node.default !== null) parts.push(`,"default":"${node.default}"`);
  }
  parts.push(propertiesText(node.properties));
  parts.push(aliasesText(node.aliases.map((alias) => nameWithin(alias, node.name.namespace))));
  parts.push('}');
}

function writeFields(record: RecordNode, written: Set<string>, parts: string[]): void {
  parts.push(',"fields":[');
  for (const [i, field] of record.fields.entries()) {
    parts.push(`${i > 0 ? ',' : ''}{"name":"${field.name}","type":`);
    write(field.type, written, record.name.namespace, parts);
    if (field.doc !== null) parts.push(`,"doc":${writeText(field.doc)}`);
    if (field.default !== undefined) parts.push(`,"default":${writeJson(field.default)}`);
    if (field.order !== 'ascending') parts.push(`,"order":"${field.order}"`);
    parts.push(aliasesText(field.aliases), propertiesText(field.properties), '}');
  }
  parts.push(']');
}

function namespaceText(name: TypeName, within: string | null): string {
  return name.namespace === within ? '' : `,"namespace":${writeText(name.namespace ?? '')}`;
}

/** The shortest name that still means the type; one that reads like a type of Avro's own keeps its namespace. */
function nameWithin(name: TypeName, namespace: string | null): string {
  if (name.namespace === null || name.namespace !== namespace) return name.full;
  return isPrimitive(name.simple) || COMPLEX.has(name.simple) ? name.full : name.simple;
}

const COMPLEX: ReadonlySet<string> = new Set(['record', 'enum', 'array', 'map', 'union', 'fixed']);

const aliasesText = (aliases: readonly string[]): string =>
  aliases.length === 0 ? '' : `,"aliases":[${aliases.map(writeText).join(',')}]`;

const propertiesText = (properties: Properties): string =>
  [...properties].map(([name, value]) => `,${writeText(name)}:${writeJson(value)}`).join('');
