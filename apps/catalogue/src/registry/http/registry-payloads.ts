/**
 * What clients send. Read as the original's JSON library reads it: unknown members are passed by, a number is taken for
 * a string and the other way round, and what cannot be taken for what it should be is 400.
 */
import { COMPATIBILITY_LEVELS, type CompatibilityLevel } from '@citystreams/avro';
import { z } from 'zod';
import { MODES } from '../../schemas/registry-settings.js';
import { RegistryError } from '../registry-error.js';

const Text = z.union([z.string(), z.number().transform(String), z.boolean().transform(String)]);
const Integer = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^[+-]?\d+$/)
      .transform(Number),
  ])
  .pipe(
    z
      .int()
      .min(-(2 ** 31))
      .max(2 ** 31 - 1),
  );
const Flag = z.union([z.boolean(), z.literal('true').transform(() => true), z.literal('false').transform(() => false)]);

const Metadata = z.object({
  tags: z.record(z.string(), z.array(Text)).nullish(),
  properties: z.record(z.string(), Text).nullish(),
  sensitive: z.array(Text).nullish(),
});

/** `ruleSet` is passed by, as in the original without its rules extension. */
const SchemaRequest = z.object({
  version: Integer.nullish(),
  id: Integer.nullish(),
  schemaType: Text.nullish(),
  references: z
    .array(z.object({ name: Text.nullish(), subject: Text.nullish(), version: Integer.nullish() }))
    .nullish(),
  metadata: Metadata.nullish(),
  schema: Text.nullish(),
  schemaTagsToAdd: z.array(z.unknown()).nullish(),
  schemaTagsToRemove: z.array(z.unknown()).nullish(),
  propagateSchemaTags: Flag.nullish(),
});
export type SchemaRequest = z.infer<typeof SchemaRequest>;

/** An absent member is left as it was, null clears it. */
const ConfigRequest = z.object({
  alias: Text.nullish(),
  normalize: Flag.nullish(),
  validateFields: Flag.nullish(),
  validateNewSchemas: Flag.nullish(),
  validateRules: Flag.nullish(),
  compatibility: Text.nullish(),
  compatibilityPolicy: Text.nullish(),
  compatibilityGroup: Text.nullish(),
  defaultMetadata: Metadata.nullish(),
  overrideMetadata: Metadata.nullish(),
});
export type ConfigRequest = z.infer<typeof ConfigRequest>;

const ModeRequest = z.object({ mode: Text.nullish() });
export type ModeRequest = z.infer<typeof ModeRequest>;

export const readSchemaRequest = (body: unknown): SchemaRequest => read(SchemaRequest, body);
export const readConfigRequest = (body: unknown): ConfigRequest => read(ConfigRequest, body);
export const readModeRequest = (body: unknown): ModeRequest => read(ModeRequest, body);

function read<T>(shape: z.ZodType<T>, body: unknown): T {
  if (body === undefined || body === null) {
    throw new RegistryError('UNPROCESSABLE', 'The body of the request may not be null');
  }
  const parsed = shape.safeParse(body);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${['$', ...path].join('.')}: ${message}`);
  throw new RegistryError('MALFORMED', `Cannot read the request: ${problems.join('; ')}`);
}

/** Throws INVALID_COMPATIBILITY_LEVEL. */
export function compatibilityLevel(text: string): CompatibilityLevel {
  const found = COMPATIBILITY_LEVELS.find((level) => level === text.toUpperCase());
  if (found !== undefined) return found;
  throw new RegistryError(
    'INVALID_COMPATIBILITY_LEVEL',
    'Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, forward_transitive, and full_transitive',
  );
}

/** Throws INVALID_MODE. */
export function mode(text: string): (typeof MODES)[number] {
  const found = MODES.find((known) => known === text.toUpperCase());
  if (found !== undefined) return found;
  throw new RegistryError('INVALID_MODE', 'Invalid mode. Valid values are READWRITE, READONLY, IMPORT and FORWARD.');
}
