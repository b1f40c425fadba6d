/**
 * Whether a version of a contract may follow another: FULL_TRANSITIVE as Avro means it, and beyond Avro that name, key,
 * time and what a value says stay as they are.
 */
import type { Finding } from '@citystreams/contracts';
import { successionFindings } from './compatibility/index.js';
import { type ResolvedSchema, readSchema } from './declaration/index.js';
import type { AvroRecord } from './schema.js';

/** Every problem at once, with its path in the newer version. */
export function compareVersions(older: AvroRecord, newer: AvroRecord): Finding[] {
  const [was, is] = [resolved(older), resolved(newer)];
  if (!('root' in was)) return was.map(({ message }) => ({ field: '$', message: `the older version: ${message}` }));
  if (!('root' in is)) return is;
  return [...identityFindings(older, newer, was, is), ...successionFindings(was, is)];
}

function resolved(record: AvroRecord): ResolvedSchema | Finding[] {
  const result = readSchema(JSON.stringify(record), { names: 'stored', validateDefaults: false });
  return result.ok ? result.schema : result.findings;
}

function identityFindings(older: AvroRecord, newer: AvroRecord, was: ResolvedSchema, is: ResolvedSchema): Finding[] {
  const findings: Finding[] = [];
  const changed = (attribute: string, from: unknown, to: unknown, what: string, fix: string): void => {
    if (from === to) return;
    findings.push({ field: `$.${attribute}`, message: `${what} changed from ${String(from)} to ${String(to)}`, fix });
  };
  changed(
    'name',
    fullNameOf(was),
    fullNameOf(is),
    'the name',
    'keep the name; what means something else is a new event name',
  );
  // A version that names none is complained of for itself.
  if (typeof older.key === 'string' && typeof newer.key === 'string')
    changed('key', older.key, newer.key, 'the key field', `"key": "${older.key}"`);
  changed('time', older.time, newer.time, 'the time field', `leave it ${String(older.time)}`);
  return findings;
}

const fullNameOf = ({ root }: ResolvedSchema): string => ('name' in root ? root.name.full : root.kind);
