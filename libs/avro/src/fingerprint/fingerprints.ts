/** Fingerprints of a schema (Avro specification 1.12, "Schema Fingerprints"; Java: SchemaNormalization). */
import { createHash } from 'node:crypto';
import type { ResolvedSchema } from '../declaration/index.js';
import { crc64 } from './crc64.js';
import { parsingForm } from './parsing-form.js';

export interface Fingerprints {
  parsingForm: string;
  /** CRC-64-AVRO as an unsigned number; the header of a single object holds its bytes in little-endian order. */
  crc64: bigint;
  /** 64 hexadecimal digits. */
  sha256: string;
}

/** Equal for schemas that read and write the same bytes, whatever their docs, attributes, aliases and defaults. */
export function fingerprints(schema: ResolvedSchema): Fingerprints {
  const form = parsingForm(schema);
  const bytes = Buffer.from(form, 'utf8');
  return { parsingForm: form, crc64: crc64(bytes), sha256: createHash('sha256').update(bytes).digest('hex') };
}
