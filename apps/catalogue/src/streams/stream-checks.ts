/** What must hold of a new stream before anything is written. Pure; each check reports every problem it sees. */
import { type AvroRecord, compareVersions, type ContractResult, parseStreamContract } from '@citystreams/avro';
import { agencyOf, type Finding, ownerOf, type StreamManifest, type StreamName } from '@citystreams/contracts';
import { type CityRules, checkConcepts } from '@citystreams/schemas';
import { canonicalText } from '../schemas/schema-text.js';

/** The contract by itself, that it speaks for the stream's owner, and that it uses the city's words. */
export function checkContract(stream: StreamName, json: unknown, rules?: CityRules): ContractResult {
  const parsed = parseStreamContract(stream, json);
  const readable = parsed.ok ? parsed.contract : parsed.readable;
  if (readable === null || rules === undefined) return parsed;
  const findings = [...(parsed.ok ? [] : parsed.findings), ...checkConcepts(readable, rules)];
  return findings.length === 0 ? parsed : { ok: false, findings, readable };
}

export interface PublisherFindings {
  /** Service accounts of another agency: nobody publishes in somebody else's name. */
  foreign: Finding[];
  /** Service accounts that the owner's office does not have. */
  unknown: Finding[];
}

/**
 * @param accounts client ids of the owner's service accounts.
 * @param at where the publishers are in what was sent
 */
export function checkPublishers(
  { stream, publishers }: Pick<StreamManifest, 'stream' | 'publishers'>,
  accounts: readonly string[],
  at = '$.manifest.publishers',
): PublisherFindings {
  const owner = ownerOf(stream);
  const findings: PublisherFindings = { foreign: [], unknown: [] };
  const known = accounts.length === 0 ? 'it has none' : `it has ${accounts.join(', ')}`;
  for (const [i, publisher] of publishers.entries()) {
    const field = `${at}[${i}]`;
    if (agencyOf(publisher) !== owner) {
      const fix = `name a service account of ${owner}: ${known}`;
      findings.foreign.push({ field, message: `${publisher} is no service account of the owner ${owner}`, fix });
    } else if (!accounts.includes(publisher)) {
      const message = `${owner} has no service account ${publisher}; ${known}`;
      findings.unknown.push({ field, message });
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
    compareVersions(JSON.parse(text) as AvroRecord, newer).map((finding) => ({
      ...finding,
      message: `against version ${version}: ${finding.message}`,
    })),
  );
}
