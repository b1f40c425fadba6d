/** By what two schemas are told apart, or found to be the same. */
import { createHash } from 'node:crypto';
import { normalise, readSchema, registryText, type ResolvedSchema } from '@citystreams/avro';
import type { SchemaIdentity, SchemaMetadata, SchemaReference } from './schema.model.js';
import { dataForm } from './data-form.js';

/** `text` is what will be stored; `schema` is that text, read. */
export function identityOf(
  text: string,
  schema: ResolvedSchema,
  references: readonly SchemaReference[] = [],
  metadata: SchemaMetadata | null = null,
): SchemaIdentity {
  const written = writtenOut(schema);
  return {
    text,
    references,
    metadata,
    fingerprint: fingerprintOf(text, references, metadata),
    guid: guidOf(text, references, metadata),
    equivalence: digest('sha256', normalise(written)),
    form: digest('sha256', dataForm(registryText(written))),
  };
}

/** The same schema with other metadata. */
export function withMetadata(identity: SchemaIdentity, metadata: SchemaMetadata | null): SchemaIdentity {
  const { text, references } = identity;
  return {
    ...identity,
    metadata,
    fingerprint: fingerprintOf(text, references, metadata),
    guid: guidOf(text, references, metadata),
  };
}

/** For stored texts: names and defaults were judged when they were registered. */
export function readStored(text: string, references: readonly string[] = []): ResolvedSchema {
  const result = readSchema(text, { names: 'stored', validateDefaults: false, references });
  if (result.ok) return result.schema;
  throw new Error(`a stored schema cannot be read: ${result.findings[0]?.message}`);
}

function writtenOut(schema: ResolvedSchema): ResolvedSchema {
  return schema.references.length === 0 ? schema : readStored(registryText(schema, { inline: true }));
}

function fingerprintOf(text: string, references: readonly SchemaReference[], metadata: SchemaMetadata | null): string {
  if (references.length === 0 && metadata === null) return digest('sha256', text);
  const named = references.map(({ name, subject, version }) => [name, subject, version]);
  return digest('sha256', JSON.stringify([text, named, metadata === null ? null : partsOf(metadata)]));
}

const digest = (algorithm: 'md5' | 'sha256', text: string): string => createHash(algorithm).update(text).digest('hex');

/** Byte for byte what the original hashes, so that a schema moved from there keeps its GUID. */
function guidOf(text: string, references: readonly SchemaReference[], metadata: SchemaMetadata | null): string {
  const hash = createHash('md5').update(text);
  for (const { name, subject, version } of references) {
    const number = Buffer.alloc(4);
    number.writeInt32BE(version);
    hash.update(name).update(subject).update(number);
  }
  if (metadata !== null) {
    hash.update(Buffer.of(1));
    for (const part of partsOf(metadata).flat(2)) hash.update(part);
  }
  const hex = hash.digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** In order, whatever order its author wrote it in. */
export function orderedMetadata(metadata: SchemaMetadata): SchemaMetadata {
  const [tags, properties, sensitive] = partsOf(metadata);
  return {
    ...(tags.length > 0 && { tags: Object.fromEntries(tags.map(([name, ...values]) => [name, values])) }),
    ...(properties.length > 0 && { properties: Object.fromEntries(properties) }),
    ...(sensitive.length > 0 && { sensitive }),
  };
}

type Parts = [tags: [string, ...string[]][], properties: [string, string][], sensitive: string[]];

function partsOf({ tags = {}, properties = {}, sensitive = [] }: SchemaMetadata): Parts {
  const byName = ([a]: readonly string[], [b]: readonly string[]): number => (a! < b! ? -1 : 1);
  return [
    Object.entries(tags)
      .map(([name, values]): [string, ...string[]] => [name, ...[...new Set(values)].sort()])
      .sort(byName),
    Object.entries(properties).sort(byName),
    [...new Set(sensitive)].sort(),
  ];
}
