/** A contract in its place: the stream it belongs to, and the versions before it. Pure. */
import { type FieldInfo, type Finding, ownerOf, type Reclassification, type StreamName } from '@citystreams/contracts';
import { loweredLevels } from './contract.changes.js';
import { type ComparableContract, type ContractResult, parseContract } from './contract.js';
import { compareVersions } from './versions.js';

/** The contract by itself, and that it speaks for the stream's owner: `city.<agency>`, hyphens as underscores. */
export function parseStreamContract(stream: StreamName, json: unknown): ContractResult {
  const parsed = parseContract(json);
  const misplaced = checkNamespace(stream, json);
  if (parsed.ok && misplaced.length === 0) return parsed;
  const [found, readable] = parsed.ok ? [[], parsed.contract] : [parsed.findings, parsed.readable];
  return { ok: false, findings: [...found, ...misplaced], readable };
}

function checkNamespace(stream: StreamName, json: unknown): Finding[] {
  if (typeof json !== 'object' || json === null) return [];
  const { namespace, name } = json as { namespace?: unknown; name?: unknown };
  const wanted = `city.${ownerOf(stream).replaceAll('-', '_')}`;
  const given =
    typeof name === 'string' && name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : (namespace ?? '');
  if (given === wanted) return [];
  const message = `the namespace of a contract of ${ownerOf(stream)} is "${wanted}"`;
  return [{ field: '$.namespace', message, fix: `"namespace": "${wanted}"` }];
}

export interface EarlierVersion {
  version: number;
  contract: Pick<ComparableContract, 'record' | 'fields'>;
}

/** Everything that keeps a contract from following the earlier ones, each naming the version it differs from. */
export function checkSuccession(
  stream: StreamName,
  earlier: readonly EarlierVersion[],
  newer: ComparableContract,
  reclassifications: readonly Reclassification[],
): Finding[] {
  const incompatible = earlier.flatMap(({ version, contract }) =>
    compareVersions(contract.record, newer.record).map((finding) => ({
      ...finding,
      message: `against version ${version}: ${finding.message}`,
    })),
  );
  const fields = earlier.map(({ contract }) => contract.fields);
  return [...incompatible, ...checkLevels(stream, fields, newer, reclassifications)];
}

/**
 * A level is lowered by a person who is named, never by an edit of the contract alone.
 * @param earlier the fields of each earlier version, oldest first
 */
export function checkLevels(
  stream: StreamName,
  earlier: readonly (readonly FieldInfo[])[],
  newer: Pick<ComparableContract, 'fields' | 'places'>,
  reclassifications: readonly Reclassification[],
): Finding[] {
  const lowered = loweredLevels(earlier, newer.fields);
  return lowered.flatMap(({ path, from, to }) => {
    const decided = reclassifications.some(
      (r) => r.stream === stream && r.field === path && r.from === from && r.to === to,
    );
    if (decided) return [];
    return [
      {
        field: `${newer.places.get(path) ?? '$'}.classification.level`,
        message: `field "${path}" is ${to} and was ${from}: nobody is named who decided that`,
        fix: `leave it ${from}, or have policy/reclassifications.yaml name decider and date: {stream: ${stream}, field: ${path}, from: ${from}, to: ${to}, decider: ..., date: ..., reason: ...}`,
      },
    ];
  });
}
