/**
 * Whether a second version of a contract may follow: it may only add or drop fields that have a default. That is a
 * part of FULL_TRANSITIVE that needs no resolution of types; everything else is refused, also where Avro would allow it.
 */
import type { Finding } from '@citystreams/contracts';
import { type AvroField, type AvroRecord, nameOfType } from './schema.js';

export function compareVersions(older: AvroRecord, newer: AvroRecord): Finding[] {
  const findings: Finding[] = [];
  const fullName = (r: AvroRecord): string => `${r.namespace ?? ''}.${r.name}`;
  if (fullName(older) !== fullName(newer)) {
    findings.push({ field: '$.name', message: `the name changed from ${fullName(older)} to ${fullName(newer)}` });
  }
  if (older.key !== newer.key)
    findings.push({
      field: '$.key',
      message: `the key field changed from ${String(older.key)} to ${String(newer.key)}`,
    });
  if (older.time !== newer.time) findings.push({ field: '$.time', message: 'the time field changed' });

  const before = new Map(older.fields.map((f) => [f.name, f]));
  const after = new Map(newer.fields.map((f) => [f.name, f]));
  for (const [i, field] of newer.fields.entries()) {
    const was = before.get(field.name);
    if (was === undefined && !('default' in field)) {
      findings.push({ field: `$.fields[${i}]`, message: `field "${field.name}" is new and has no default` });
    }
    if (was !== undefined && structure(was) !== structure(field)) {
      findings.push({
        field: `$.fields[${i}].type`,
        message: `field "${field.name}" changed from ${nameOfType(was.type)} to ${nameOfType(field.type)}`,
      });
    }
  }
  for (const field of older.fields) {
    if (!after.has(field.name) && !('default' in field)) {
      findings.push({ field: '$.fields', message: `field "${field.name}" was dropped and had no default` });
    }
  }
  return findings;
}

/** The type without what readers and writers ignore, so that a better doc is not a change. */
function structure(field: AvroField): string {
  return JSON.stringify(field.type, (key, value: unknown) =>
    key === 'doc' || key === 'classification' ? undefined : value,
  );
}
