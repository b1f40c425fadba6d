/** What must hold of a new stream before anything is written. Pure; each check reports every problem it sees. */
import { type AvroRecord, type Contract, compareVersions, parseContract } from '@citystreams/avro';
import { agencyOf, type Finding, ownerOf, type StreamManifest, type StreamName } from '@citystreams/contracts';
import { canonicalText } from '../schemas/schema-text.js';

export type ContractCheck = { ok: true; contract: Contract } | { ok: false; findings: Finding[] };

/** The contract by itself, and that it speaks for the stream's owner: `city.<agency>`, hyphens as underscores. */
export function checkContract(stream: StreamName, json: unknown): ContractCheck {
  const parsed = parseContract(json);
  const misplaced = checkNamespace(stream, json);
  if (parsed.ok && misplaced.length === 0) return parsed;
  return { ok: false, findings: [...(parsed.ok ? [] : parsed.findings), ...misplaced] };
}

function checkNamespace(stream: StreamName, json: unknown): Finding[] {
  if (typeof json !== 'object' || json === null) return [];
  const { namespace, name } = json as { namespace?: unknown; name?: unknown };
  const wanted = `city.${ownerOf(stream).replaceAll('-', '_')}`;
  const given =
    typeof name === 'string' && name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : (namespace ?? '');
  if (given === wanted) return [];
  return [{ field: '$.namespace', message: `the namespace of a contract of ${ownerOf(stream)} is "${wanted}"` }];
}

export interface PublisherFindings {
  /** Service accounts of another agency: nobody publishes in somebody else's name. */
  foreign: Finding[];
  /** Service accounts that the owner's office does not have. */
  unknown: Finding[];
}

/** @param accounts client ids of the owner's service accounts. */
export function checkPublishers(manifest: StreamManifest, accounts: readonly string[]): PublisherFindings {
  const owner = ownerOf(manifest.stream);
  const findings: PublisherFindings = { foreign: [], unknown: [] };
  for (const [i, publisher] of manifest.publishers.entries()) {
    const field = `$.manifest.publishers[${i}]`;
    if (agencyOf(publisher) !== owner) {
      findings.foreign.push({ field, message: `${publisher} is no service account of the owner ${owner}` });
    } else if (!accounts.includes(publisher)) {
      const known = accounts.length === 0 ? 'it has none' : `it has ${accounts.join(', ')}`;
      findings.unknown.push({ field, message: `${owner} has no service account ${publisher}; ${known}` });
    }
  }
  return findings;
}

/**
 * Every difference to every earlier version that a version must not have; each names the version it differs from.
 * Both sides are compared in canonical spelling, so that another order of attributes is no change.
 */
export function checkSuccession(earlier: readonly { version: number; text: string }[], record: AvroRecord): Finding[] {
  const newer = JSON.parse(canonicalText(record)) as AvroRecord;
  return earlier.flatMap(({ version, text }) =>
    compareVersions(JSON.parse(text) as AvroRecord, newer).map(({ field, message }) => ({
      field,
      message: `against version ${version}: ${message}`,
    })),
  );
}
