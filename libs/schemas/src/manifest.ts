import type { ComparableContract } from '@citystreams/avro';
import { agencyOf, type Finding, type Level, ownerOf, StreamManifest, type StreamName } from '@citystreams/contracts';
import type { CityRules } from './city-rules.js';
import { readYamlFile } from './files.js';
import type { SchemaProblem } from './problem.js';

export function readManifest(file: string, stream: StreamName, problems: SchemaProblem[]): StreamManifest | null {
  const yaml = readYamlFile(file, problems);
  if (yaml === undefined) return null;
  const parsed = StreamManifest.safeParse(yaml);
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues)
      problems.push({ file, path: `$.${path.join('.')}`, message, fix: 'correct the value' });
    return null;
  }
  if (parsed.data.stream === stream) return parsed.data;
  const message = `the manifest is of ${parsed.data.stream}, its folder of ${stream}`;
  problems.push({ file, path: '$.stream', message, fix: `stream: ${stream}` });
  return null;
}

/**
 * What the city's rules have against a manifest; fields are JSON paths in it.
 * @param level the highest of any field of any version
 */
export function checkManifest(manifest: StreamManifest, level: Level, rules: CityRules): Finding[] {
  const owner = ownerOf(manifest.stream);
  const office = rules.offices?.find(({ agency }) => agency === owner);
  const findings: Finding[] = [];
  if (rules.offices !== null && office === undefined) {
    const fix = `write policy/offices/${owner}.yaml`;
    findings.push({ field: '$.stream', message: `there is no office ${owner}`, fix });
  }
  for (const [i, publisher] of manifest.publishers.entries()) {
    const field = `$.publishers[${i}]`;
    if (agencyOf(publisher) !== owner)
      findings.push({
        field,
        message: `${publisher} is a service account of another agency`,
        fix: `name one of ${owner}`,
      });
    else if (office !== undefined && !office.services.some(({ service }) => `${owner}.${service}` === publisher)) {
      const fix = `add it to policy/offices/${owner}.yaml`;
      findings.push({ field, message: `${owner} has no service account ${publisher}`, fix });
    }
  }
  return [...findings, ...checkAgainstLevel(manifest, level, rules)];
}

/** How long events may be kept and how freely they may be shared, by the policy matrix. */
export function checkAgainstLevel(
  { retentionDays, sharing }: Pick<StreamManifest, 'retentionDays' | 'sharing'>,
  level: Level,
  { matrix }: CityRules,
): Finding[] {
  if (matrix === null) return [];
  const policy = matrix.levels[level];
  const longest = policy.sourceRetentionDays ?? Infinity;
  const findings: Finding[] = [];
  if (retentionDays > longest) {
    const message = `a stream of ${level} keeps its events for at most ${longest} days`;
    findings.push({ field: '$.retentionDays', message, fix: `retentionDays: ${longest}, or less` });
  }
  if (sharing === 'unconditional' && policy.sharing !== 'unconditional') {
    const message = `a stream of ${level} is not shared without conditions`;
    findings.push({ field: '$.sharing', message, fix: `sharing: ${policy.sharing}` });
  }
  return findings;
}

/** Words that the city does not have. */
export function checkConcepts(contract: ComparableContract, { concepts }: CityRules): Finding[] {
  if (concepts === null) return [];
  const known = new Set<string>(concepts.map(({ code }) => code));
  return contract.fields.flatMap(({ path, concept }) => {
    if (concept === undefined || known.has(concept)) return [];
    return [
      {
        field: `${contract.places.get(path) ?? '$'}.concept`,
        message: `field "${path}" means "${concept}", a word that policy/concepts.yaml does not have`,
        fix: `one of ${[...known].join(', ')}, or add it there`,
      },
    ];
  });
}
