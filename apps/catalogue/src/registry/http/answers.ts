/** The original's answers. Absent members are what it leaves out: nulls and empty lists. */
import type { SubjectConfig } from '../../schemas/registry-settings.js';
import type { SchemaIdentity, SubjectVersion } from '../../schemas/schema.model.js';
import type { Registered } from '../writing/registrations.js';

const contentOf = ({ guid, references, metadata, text }: SchemaIdentity, schema = text) => ({
  guid,
  schemaType: 'AVRO',
  ...(references.length > 0 && { references }),
  ...(metadata !== null && { metadata }),
  schema,
});

export const versionAnswer = (found: SubjectVersion, text: string) => ({
  subject: found.subject,
  version: found.version,
  id: found.schema.id,
  ...contentOf(found.schema, text),
  ts: found.registeredAt,
  deleted: found.deleted,
});

export const schemaAnswer = (found: SubjectVersion, text: string, maxId: number | null) => ({
  subject: found.subject,
  version: found.version,
  ...contentOf(found.schema, text),
  ...(maxId !== null && { maxId }),
  ts: found.registeredAt,
  deleted: found.deleted,
});

export const registeredAnswer = ({ id, version, schema }: Registered) => ({ id, version, ...contentOf(schema) });

/** What is sent to set a configuration calls the level otherwise than what is told of it. */
export function configUpdateAnswer({ compatibilityLevel, ...config }: SubjectConfig) {
  return { ...config, ...(compatibilityLevel !== undefined && { compatibility: compatibilityLevel }) };
}
