import { readSchema } from './declaration/index.js';
import { parsingForm } from './fingerprint/index.js';
import type { AvroType } from './schema.js';

/**
 * Parsing Canonical Form of a schema given as JSON (Avro specification 1.12): two schemas with the same form read and
 * write the same bytes. Throws TypeError for what is not a schema; names and defaults are not validated.
 */
export function parsingCanonicalForm(schema: AvroType): string {
  const result = readSchema(JSON.stringify(schema), { names: 'stored', validateDefaults: false });
  if (!result.ok) throw new TypeError(result.findings[0]?.message);
  return parsingForm(result.schema);
}
