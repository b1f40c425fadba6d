/**
 * The folder of the city's events: `<agency>/<event>/` with `stream.yaml`, `README.md` and the versions of the contract,
 * `v1.avsc`, `v2.avsc`, ... Everything that is wrong with it is found in one reading.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { checkSuccession, type Contract, type EarlierVersion, parseStreamContract } from '@citystreams/avro';
import { highest, type StreamManifest, StreamName } from '@citystreams/contracts';
import type { CityRules } from './city-rules.js';
import { readJson } from './files.js';
import { checkConcepts, checkManifest, readManifest } from './manifest.js';
import { type SchemaProblem, SchemasInvalid } from './problem.js';

export interface ContractVersion {
  version: number;
  file: string;
  /** As it lies in the file: what is sent to the catalogue. */
  json: Readonly<Record<string, unknown>>;
  contract: Contract;
}

export interface StreamFiles {
  stream: StreamName;
  folder: string;
  manifest: StreamManifest;
  /** Oldest first, at least one. */
  versions: readonly ContractVersion[];
}

/** In order of stream. @throws SchemasInvalid */
export function readSchemas(folder: string, rules: CityRules): StreamFiles[] {
  const { streams, problems } = checkSchemas(folder, rules);
  if (problems.length > 0) throw new SchemasInvalid(problems);
  return streams;
}

/** Every problem of every file, and the streams that have none. */
export function checkSchemas(folder: string, rules: CityRules): { streams: StreamFiles[]; problems: SchemaProblem[] } {
  const problems: SchemaProblem[] = [];
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    const problem = { file: folder, path: '', message: 'there is no such folder', fix: 'name the folder of schemas' };
    return { streams: [], problems: [problem] };
  }
  const streams = foldersIn(folder).flatMap((agency) =>
    foldersIn(join(folder, agency)).flatMap((event) => {
      const found: SchemaProblem[] = [];
      const stream = readStream(join(folder, agency, event), `${agency}.${event}`, rules, found);
      problems.push(...found);
      return stream === null || found.length > 0 ? [] : [stream];
    }),
  );
  if (streams.length === 0 && problems.length === 0) {
    const fix = 'put a contract at <agency>/<event>/v1.avsc and its stream.yaml beside it';
    problems.push({ file: folder, path: '', message: 'there is no stream in this folder', fix });
  }
  return { streams, problems };
}

function readStream(folder: string, name: string, rules: CityRules, problems: SchemaProblem[]): StreamFiles | null {
  const stream = StreamName.safeParse(name);
  if (!stream.success) {
    for (const { message } of stream.error.issues)
      problems.push({ file: folder, path: '', message, fix: 'name the folders <agency>/<event>' });
    return null;
  }
  if (!existsSync(join(folder, 'README.md'))) {
    const fix = 'write what the event means, who owns it and how sensitive it is';
    problems.push({ file: join(folder, 'README.md'), path: '', message: 'the stream has no README', fix });
  }
  const manifest = readManifest(join(folder, 'stream.yaml'), stream.data, problems);
  const versions = readVersions(folder, stream.data, rules, problems);
  if (manifest === null || versions.length === 0) return null;
  const level = highest(versions.map(({ contract }) => contract.level));
  for (const { field, message, fix = 'correct it' } of checkManifest(manifest, level, rules))
    problems.push({ file: join(folder, 'stream.yaml'), path: field, message, fix });
  return { stream: stream.data, folder, manifest, versions };
}

function readVersions(
  folder: string,
  stream: StreamName,
  rules: CityRules,
  problems: SchemaProblem[],
): ContractVersion[] {
  const versions: ContractVersion[] = [];
  for (const { version, file } of versionFiles(folder, problems)) {
    const json = readJson(file, problems);
    if (json === undefined) continue;
    const parsed = parseStreamContract(stream, json);
    const tell = (finding: { field: string; message: string; fix?: string | undefined }): void => {
      const { field, message, fix = 'correct it' } = finding;
      problems.push({ file, path: field, message, fix });
    };
    if (!parsed.ok) {
      parsed.findings.forEach(tell);
      continue;
    }
    const { contract } = parsed;
    const earlier: EarlierVersion[] = versions.map(({ version: n, contract: c }) => ({ version: n, contract: c }));
    checkSuccession(stream, earlier, contract, rules.reclassifications).forEach(tell);
    checkConcepts(contract, rules).forEach(tell);
    versions.push({ version, file, json: json as Record<string, unknown>, contract });
  }
  return versions;
}

/** `v1.avsc`, `v2.avsc`, ... without a gap, and nothing else that looks like a contract. */
function versionFiles(folder: string, problems: SchemaProblem[]): { version: number; file: string }[] {
  const names = readdirSync(folder).filter((name) => /\.(avsc|avro|json)$/i.test(name));
  if (names.length === 0)
    problems.push({ file: folder, path: '', message: 'there is no contract', fix: 'write version 1 as v1.avsc' });
  const expected = names.map((_, i) => `v${i + 1}.avsc`);
  for (const stray of names.filter((name) => !expected.includes(name))) {
    const fix = `versions are ${expected.join(', ')}, without a gap`;
    problems.push({ file: join(folder, stray), path: '', message: 'this is no version of the contract', fix });
  }
  return expected.flatMap((name, i) => (names.includes(name) ? [{ version: i + 1, file: join(folder, name) }] : []));
}

const foldersIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();
