/**
 * The folder of the city's events: `<agency>/<event>/` with `stream.yaml`, `README.md` and the versions of the contract,
 * `v1.avsc`, `v2.avsc`, ... Everything that is wrong with it is found in one reading.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { checkSuccession, type Contract, type EarlierVersion, parseStreamContract } from '@citystreams/avro';
import { highest, type Level, type StreamManifest, StreamName } from '@citystreams/contracts';
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

export interface CheckedSchemas {
  /** Those that have no problem. */
  streams: StreamFiles[];
  problems: SchemaProblem[];
}

/** Every problem of every file. */
export function checkSchemas(folder: string, rules: CityRules): CheckedSchemas {
  const missing = missingFolder(folder, 'name the folder of schemas');
  if (missing !== null) return missing;
  const checked = foldersIn(folder).flatMap((agency) =>
    foldersIn(join(folder, agency)).map((event) => checkStream(join(folder, agency, event), rules)),
  );
  if (checked.length > 0)
    return { streams: checked.flatMap((c) => c.streams), problems: checked.flatMap((c) => c.problems) };
  const fix = 'put a contract at <agency>/<event>/v1.avsc and its stream.yaml beside it';
  return { streams: [], problems: [{ file: folder, path: '', message: 'there is no stream in this folder', fix }] };
}

/** The same of one stream; `folder` is its own, `<agency>/<event>` within some other. */
export function checkStream(folder: string, rules: CityRules): CheckedSchemas {
  const missing = missingFolder(folder, 'name the folder of a stream, <agency>/<event>');
  if (missing !== null) return missing;
  const path = resolve(folder);
  const problems: SchemaProblem[] = [];
  const stream = readStream(folder, `${basename(dirname(path))}.${basename(path)}`, rules, problems);
  return { streams: stream === null || problems.length > 0 ? [] : [stream], problems };
}

/** Whether this is the folder of one stream, not one that holds such folders. */
export const isStreamFolder = (folder: string): boolean =>
  existsSync(folder) &&
  statSync(folder).isDirectory() &&
  readdirSync(folder).some((name) => name === MANIFEST || CONTRACT.test(name));

const MANIFEST = 'stream.yaml';
const CONTRACT = /\.(avsc|avro|json)$/i;

function missingFolder(folder: string, fix: string): CheckedSchemas | null {
  if (existsSync(folder) && statSync(folder).isDirectory()) return null;
  return { streams: [], problems: [{ file: folder, path: '', message: 'there is no such folder', fix }] };
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
  const manifestFile = join(folder, MANIFEST);
  const manifest = readManifest(manifestFile, stream.data, problems);
  const { versions, levels } = readVersions(folder, stream.data, rules, problems);
  if (manifest === null) return null;
  for (const { field, message, fix = 'correct it' } of checkManifest(manifest, highest(levels), rules))
    problems.push({ file: manifestFile, path: field, message, fix });
  return versions.length === 0 ? null : { stream: stream.data, folder, manifest, versions };
}

function readVersions(
  folder: string,
  stream: StreamName,
  rules: CityRules,
  problems: SchemaProblem[],
): { versions: ContractVersion[]; levels: Level[] } {
  const versions: ContractVersion[] = [];
  /** Also those that have problems of their own: what does not fit together is found at the same time. */
  const earlier: EarlierVersion[] = [];
  for (const { version, file } of versionFiles(folder, problems)) {
    const json = readJson(file, problems);
    if (json === undefined) continue;
    const parsed = parseStreamContract(stream, json);
    const tell = (finding: { field: string; message: string; fix?: string | undefined }): void => {
      const { field, message, fix = 'correct it' } = finding;
      problems.push({ file, path: field, message, fix });
    };
    if (!parsed.ok) parsed.findings.forEach(tell);
    const comparable = parsed.ok ? parsed.contract : parsed.readable;
    if (comparable === null) continue;
    checkSuccession(stream, earlier, comparable, rules.reclassifications).forEach(tell);
    checkConcepts(comparable, rules).forEach(tell);
    earlier.push({ version, contract: comparable });
    if (parsed.ok) versions.push({ version, file, json: json as Record<string, unknown>, contract: parsed.contract });
  }
  return { versions, levels: earlier.flatMap(({ contract }) => contract.fields.map(({ level }) => level)) };
}

/** `v1.avsc`, `v2.avsc`, ... without a gap, and nothing else that looks like a contract. */
function versionFiles(folder: string, problems: SchemaProblem[]): { version: number; file: string }[] {
  const names = readdirSync(folder).filter((name) => CONTRACT.test(name));
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
