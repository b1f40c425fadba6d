import type { Contract } from '@citystreams/avro';
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

/** @param level the highest of any field of any version */
export function checkManifest(
  file: string,
  manifest: StreamManifest,
  level: Level,
  rules: CityRules,
  problems: SchemaProblem[],
): void {
  const tell = (path: string, message: string, fix: string): void => void problems.push({ file, path, message, fix });
  const owner = ownerOf(manifest.stream);
  const office = rules.offices?.find(({ agency }) => agency === owner);
  if (rules.offices !== null && office === undefined)
    tell('$.stream', `there is no office ${owner}`, `write policy/offices/${owner}.yaml`);
  for (const [i, publisher] of manifest.publishers.entries()) {
    const at = `$.publishers[${i}]`;
    if (agencyOf(publisher) !== owner)
      tell(at, `${publisher} is a service account of another agency`, `name one of ${owner}`);
    else if (office !== undefined && !office.services.some(({ service }) => `${owner}.${service}` === publisher))
      tell(at, `${owner} has no service account ${publisher}`, `add it to policy/offices/${owner}.yaml`);
  }
  const policy = rules.matrix?.levels[level];
  const longest = policy?.sourceRetentionDays ?? Infinity;
  if (manifest.retentionDays > longest)
    tell('$.retentionDays', `a stream of ${level} keeps its events for at most ${longest} days`, `${longest} or less`);
  if (policy !== undefined && manifest.sharing === 'unconditional' && policy.sharing !== 'unconditional')
    tell('$.sharing', `a stream of ${level} is not shared without conditions`, policy.sharing);
}

/** Words that the city does not have. */
export function checkConcepts(contract: Contract, { concepts }: CityRules): Finding[] {
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
