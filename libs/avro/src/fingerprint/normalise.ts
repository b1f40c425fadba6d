/**
 * A schema's text as the registry stores it when asked to normalise (AvroSchema.normalize): full names resolved,
 * attributes, aliases and members of objects sorted, defaults written as values of their types, `error` as `record`.
 * Two texts that mean the same, docs and attributes included, normalise to the same text.
 */
import {
  logicalTypeOf,
  type NamedNode,
  type Properties,
  type RecordNode,
  readSchema,
  type ResolvedSchema,
  type SchemaNode,
  type TypeName,
  writeText,
} from '../declaration/index.js';
import { defaultText, sortedText } from './default-text.js';
import { registryText } from './registry-text.js';

export function normalise(schema: ResolvedSchema): string {
  const parts: string[] = [];
  write(schema.root, new Set(schema.referenced), null, parts);
  const again = readSchema(parts.join(''), { names: 'stored', validateDefaults: false, references: schema.references });
  // No text can mention a type of the null namespace where the namespace around has one of its name.
  return registryText(again.ok ? again.schema : schema);
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
      parts.push(`${logicalText(node)}${propertiesText(node.properties)}}`);
      break;
    case 'record':
    case 'enum':
    case 'fixed':
      if (written.has(node.name.full)) parts.push(writeText(node.name.full));
      else writeDefinition(node, written.add(node.name.full), namespace, parts);
      break;
    default:
      parts.push(`{"type":"${node.kind}"${logicalText(node)}${propertiesText(node.properties)}}`);
  }
}

function writeDefinition(node: NamedNode, written: Set<string>, namespace: string | null, parts: string[]): void {
  parts.push(`{"name":${writeText(node.name.full)},"type":"${node.kind}"`);
  // The original leaves this out, and so moves the type into the namespace around it.
  if (node.name.namespace === null && namespace !== null) parts.push(',"namespace":""');
  if (node.kind === 'enum') parts.push(`,"symbols":[${node.symbols.map(writeText).join(',')}]`);
  else if (node.kind === 'fixed') parts.push(`,"size":${node.size}`);
  else writeFields(node, written, parts);
  parts.push(logicalText(node));
  if (node.doc !== null && node.doc !== '') parts.push(`,"doc":${writeText(node.doc)}`);
  parts.push(aliasesText(node.aliases.map((alias) => qualified(alias, node.name))));
  if (node.kind === 'enum' && node.default !== null) parts.push(`,"default":${writeText(node.default)}`);
  parts.push(propertiesText(node.properties), '}');
}

function writeFields(record: RecordNode, written: Set<string>, parts: string[]): void {
  parts.push(',"fields":[');
  for (const [i, field] of record.fields.entries()) {
    parts.push(`${i > 0 ? ',' : ''}{"name":${writeText(field.name)},"type":`);
    write(field.type, written, record.name.namespace, parts);
    parts.push(`,"order":"${field.order}"`);
    if (field.doc !== null) parts.push(`,"doc":${writeText(field.doc)}`);
    parts.push(aliasesText(field.aliases));
    if (field.default !== undefined) parts.push(`,"default":${defaultText(field.default, field.type)}`);
    parts.push(propertiesText(field.properties), '}');
  }
  parts.push(']');
}

/** An alias in the null namespace of a type that has one starts with a dot. */
const qualified = (alias: TypeName, of: TypeName): string =>
  alias.namespace === null && of.namespace !== null ? `.${alias.simple}` : alias.full;

/** Before the sorted attributes, which repeat it: the first place and the last value count. */
function logicalText(node: SchemaNode): string {
  const logical = logicalTypeOf(node);
  if (logical === null) return '';
  const { name, decimal } = logical;
  const scale = decimal === undefined || decimal.scale === 0 ? '' : `,"scale":${decimal.scale}`;
  return `,"logicalType":"${name}"${decimal === undefined ? '' : `,"precision":${decimal.precision}${scale}`}`;
}

const aliasesText = (aliases: readonly string[]): string =>
  aliases.length === 0 ? '' : `,"aliases":[${[...aliases].sort().map(writeText).join(',')}]`;

const propertiesText = (properties: Properties): string =>
  [...properties.keys()]
    .sort()
    .map((name) => `,${writeText(name)}:${sortedText(properties.get(name)!)}`)
    .join('');
