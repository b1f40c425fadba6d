import { z } from 'zod';
import { RegistryError } from './registry-error.js';

/** What serializers send. They add fields of newer versions of the API (metadata, rule sets): those are not looked at. */
export const SchemaPayload = z.object({
  schema: z.string().min(1).max(1_000_000),
  schemaType: z.string().nullish(),
  references: z.array(z.unknown()).nullish(),
});
export type SchemaPayload = z.infer<typeof SchemaPayload>;

/** The Avro schema of a payload as JSON. Says nothing of whether it is a contract. */
export function schemaOf({ schema, schemaType, references }: SchemaPayload): unknown {
  if ((schemaType ?? 'AVRO') !== 'AVRO') throw invalid(`schema type ${schemaType} is not supported, only AVRO is`);
  if ((references ?? []).length > 0)
    throw invalid('references to other schemas are not supported: write the types out');
  try {
    return JSON.parse(schema) as unknown;
  } catch {
    throw invalid('the text of the schema is not JSON');
  }
}

const invalid = (message: string): RegistryError => new RegistryError('INVALID_SCHEMA', `Invalid schema: ${message}`);
