import { createHash } from 'node:crypto';
import { normalise, readSchema, registryText, type ResolvedSchema } from '@citystreams/avro';
import { Injectable } from '@nestjs/common';
import { SchemaChanges } from '../../schemas/schema.changes.js';
import { identityOf, orderedMetadata, readStored, withMetadata } from '../../schemas/schema.identity.js';
import type { SchemaIdentity, SchemaMetadata, SchemaReference, StoredSchema } from '../../schemas/schema.model.js';
import type { SchemaRequest } from '../http/registry-payloads.js';
import { LruCache } from '../lru.cache.js';
import { invalidAvro, invalidSchema, RegistryError } from '../registry-error.js';
import type { Sight } from '../rules/registry-rules.js';
import { canonicalName } from '../subject-name.js';

/** Characters of a schema; below what an announcement in Kafka can carry. */
const LONGEST_TEXT = 1_000_000;
/** Characters of a schema and everything it refers to; more is not read. */
const LONGEST_TOGETHER = 2_000_000;
/** What a schema may refer to, also through others. */
const MOST_REFERENCES = 1_000;
/** Characters of texts whose meaning is kept. */
const REMEMBERED = 16_000_000;
/** A schema once read takes some ten times its text. */
const READ_SCHEMAS = 4_000_000;

/** What a client sent, read: who asks for a schema, and what it will be recognised by. */
export interface Asked {
  normalize: boolean;
  sight: Sight;
}

/** Schemas as clients send them, and as they are stored, read; what was read lately is remembered. */
@Injectable()
export class Candidates {
  private readonly identities = new LruCache<string, SchemaIdentity>(REMEMBERED);
  private readonly read = new LruCache<number, ResolvedSchema>(READ_SCHEMAS);

  constructor(private readonly changes: SchemaChanges) {}

  /** As a schema that may be known already is read; null without a text. Throws INVALID_SCHEMA, SCHEMA_TOO_LARGE. */
  identify(request: SchemaRequest, { normalize, sight }: Asked): SchemaIdentity | null {
    const text = textOf(request);
    if (text === null) return null;
    const metadata = metadataOf(request);
    if ((request.references ?? []).length > 0) {
      const { references, texts } = this.resolve(request.references, { sight, deleted: true });
      return this.identityFrom(text, texts, normalize ? sorted(references) : references, metadata, normalize);
    }
    // Serializers send the same text at each of their starts.
    const key = `${normalize ? 'n' : 'p'}${createHash('sha256').update(text).digest('base64')}`;
    let known = this.identities.get(key);
    if (known === undefined) {
      known = this.identityFrom(text, [], [], null, normalize);
      this.identities.set(key, known, known.text.length + 500);
    }
    return metadata === null ? known : withMetadata(known, metadata);
  }

  /** As a new schema is read: names and defaults count, and what it refers to is there. Throws INVALID_SCHEMA. */
  readNew(identity: SchemaIdentity, sight: Sight, strictly: boolean): ResolvedSchema {
    const { texts } = this.resolve(identity.references, { sight, deleted: !strictly });
    return readWith(identity.text, strictly, texts);
  }

  /** The text of a new schema with everything that it refers to. Throws INVALID_SCHEMA. */
  writtenOut(identity: SchemaIdentity, sight: Sight): string {
    if (identity.references.length === 0) return identity.text;
    return registryText(this.readNew(identity, sight, true), { inline: true });
  }

  /** A stored schema. */
  readKnown(schema: StoredSchema): ResolvedSchema {
    const known = this.read.get(schema.id);
    if (known !== undefined) return known;
    const { texts } = this.resolve(schema.references, { sight: EVERYTHING, deleted: true });
    const read = readStored(schema.text, texts);
    this.read.set(schema.id, read, schema.text.length + 500);
    return read;
  }

  private identityFrom(
    text: string,
    texts: readonly string[],
    references: readonly SchemaReference[],
    metadata: SchemaMetadata | null,
    normalize: boolean,
  ): SchemaIdentity {
    const read = readWith(text, false, texts);
    const stored = normalize ? normalise(read) : registryText(read);
    return identityOf(stored, normalize ? readStored(stored, texts) : read, references, metadata);
  }

  /**
   * References with `latest` made a number, and the texts they lead to, each after those it uses itself. Throws
   * INVALID_SCHEMA for one that leads nowhere, SCHEMA_TOO_LARGE for too many of them.
   */
  private resolve(
    asked: SchemaRequest['references'] | readonly SchemaReference[],
    options: { sight: Sight; deleted: boolean },
  ): { references: SchemaReference[]; texts: string[] } {
    const texts: string[] = [];
    const visited = new Set<string>();
    return { references: this.follow(asked ?? [], options, visited, texts), texts };
  }

  private follow(
    asked: NonNullable<SchemaRequest['references']> | readonly SchemaReference[],
    options: { sight: Sight; deleted: boolean },
    visited: Set<string>,
    texts: string[],
  ): SchemaReference[] {
    if (asked.length > MOST_REFERENCES) throw tooLarge(`it refers to more than ${MOST_REFERENCES} others`);
    return asked.map(({ name, subject, version }) => {
      if (typeof name !== 'string' || typeof subject !== 'string' || typeof version !== 'number') {
        throw invalidSchema('Invalid schema of type AVRO, details: a reference needs name, subject and version');
      }
      const key = canonicalName(subject);
      const found = options.sight.sees(key) ? this.target(key, version, options.deleted) : undefined;
      if (found === undefined) {
        options.sight.requireSettled();
        throw new RegistryError(
          'REFERENCE_NOT_FOUND',
          `Invalid schema of type AVRO, details: No schema reference found for subject "${subject}" and version ${version}`,
        );
      }
      if (!visited.has(name)) {
        visited.add(name);
        if (visited.size > MOST_REFERENCES) throw tooLarge(`it refers to more than ${MOST_REFERENCES} others`);
        this.follow(found.schema.references, { ...options, sight: EVERYTHING }, visited, texts);
        texts.push(found.schema.text);
        if (texts.reduce((sum, { length }) => sum + length, 0) > LONGEST_TOGETHER) {
          throw tooLarge(`with what it refers to it has more than ${LONGEST_TOGETHER} characters`);
        }
      }
      return { name, subject, version: found.version };
    });
  }

  private target(subject: string, version: number, deleted: boolean) {
    const { index } = this.changes;
    if (version === -1) return index.latest(subject);
    const found = index.version(subject, version);
    return found !== undefined && (deleted || !found.deleted) ? found : undefined;
  }
}

const EVERYTHING: Sight = { sees: () => true, requireSettled: () => undefined };

function textOf({ schema, schemaType, schemaTagsToAdd, schemaTagsToRemove, propagateSchemaTags }: SchemaRequest) {
  if ((schemaType ?? 'AVRO') !== 'AVRO') throw invalidSchema(`Invalid schema type ${schemaType}`);
  const tags = (schemaTagsToAdd ?? []).length + (schemaTagsToRemove ?? []).length;
  if (tags > 0 || propagateSchemaTags === true) {
    throw new RegistryError('UNPROCESSABLE', 'Schema tags are not supported: write them into the schema');
  }
  if (schema === undefined || schema === null || schema.trim() === '') return null;
  if (schema.length <= LONGEST_TEXT) return schema;
  throw tooLarge(`it has more than ${LONGEST_TEXT} characters`);
}

const tooLarge = (why: string): RegistryError =>
  new RegistryError('SCHEMA_TOO_LARGE', `Register operation failed because schema is too large: ${why}`);

function metadataOf({ metadata }: SchemaRequest): SchemaMetadata | null {
  return metadata === undefined || metadata === null ? null : readMetadata(metadata);
}

export function readMetadata(metadata: NonNullable<SchemaRequest['metadata']>): SchemaMetadata {
  const { tags, properties, sensitive } = metadata;
  return orderedMetadata({
    ...(tags && { tags }),
    ...(properties && { properties }),
    ...(sensitive && { sensitive }),
  });
}

function readWith(text: string, strictly: boolean, references: readonly string[]): ResolvedSchema {
  const result = readSchema(text, { names: strictly ? 'ascii' : 'stored', validateDefaults: strictly, references });
  if (result.ok) return result.schema;
  throw invalidAvro(result.findings);
}

/** By subject and version, without repetitions: as the original normalises them. */
function sorted(references: readonly SchemaReference[]): SchemaReference[] {
  const distinct = new Map(references.map((reference) => [JSON.stringify(reference), reference]));
  return [...distinct.values()].sort((a, b) =>
    a.subject === b.subject ? a.version - b.version : a.subject < b.subject ? -1 : 1,
  );
}
