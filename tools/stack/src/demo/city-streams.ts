/** The streams of `schemas/<agency>/<event>/`, read and checked before anything starts. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseContract } from '@citystreams/avro';
import { type FieldInfo, StreamManifest } from '@citystreams/contracts';
import { parse } from 'yaml';
import type { z } from 'zod';
import { CityInvalid } from './city-invalid.js';

export interface CityStream {
  readonly manifest: StreamManifest;
  /** v1, v2, ...: Avro schemas as JSON. */
  readonly versions: readonly Readonly<Record<string, unknown>>[];
  /** The newest version's fields, in the order of the contract. */
  readonly fields: readonly FieldInfo[];
}

/** @throws CityInvalid with every problem of every file: file, place, why. */
export function readCityStreams(folder: string): CityStream[] {
  const problems: string[] = [];
  const streams = foldersIn(folder).flatMap((agency) =>
    foldersIn(join(folder, agency)).flatMap((event) => {
      const stream = readStream(join(folder, agency, event), `${agency}.${event}`, problems);
      return stream === null ? [] : [stream];
    }),
  );
  if (problems.length > 0) throw new CityInvalid(problems);
  return streams;
}

function readStream(folder: string, name: string, problems: string[]): CityStream | null {
  const before = problems.length;
  const manifest = readManifest(join(folder, 'stream.yaml'), name, problems);
  const files = contractFiles(folder, problems);
  const contracts = files.map((file) => readContract(file, problems));
  if (manifest === null || problems.length > before) return null;
  const read = contracts.filter((contract) => contract !== null);
  return { manifest, versions: read.map(({ json }) => json), fields: read.at(-1)?.fields ?? [] };
}

function readManifest(file: string, name: string, problems: string[]): StreamManifest | null {
  const yaml = readWith(file, parse, problems);
  if (yaml === undefined) return null;
  const manifest = StreamManifest.safeParse(yaml);
  if (!manifest.success) {
    problems.push(...issuesOf(file, manifest.error));
    return null;
  }
  if (manifest.data.stream !== name) problems.push(`${file}: stream: found ${manifest.data.stream}, expected ${name}`);
  return manifest.data;
}

/** `v1.avsc`, `v2.avsc`, ... without a gap. */
function contractFiles(folder: string, problems: string[]): string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.avsc'));
  const expected = names.map((_, i) => `v${i + 1}.avsc`);
  const stray = names.filter((name) => !expected.includes(name));
  if (names.length === 0) problems.push(`${folder}: no contract: expected v1.avsc`);
  if (stray.length > 0) problems.push(`${folder}: found ${stray.join(', ')}, expected ${expected.join(', ')}`);
  return expected.filter((name) => names.includes(name)).map((name) => join(folder, name));
}

function readContract(file: string, problems: string[]): { json: Record<string, unknown>; fields: FieldInfo[] } | null {
  const json: unknown = readWith(file, JSON.parse, problems);
  if (json === undefined) return null;
  const parsed = parseContract(json);
  if (parsed.ok) return { json: json as Record<string, unknown>, fields: parsed.contract.fields };
  problems.push(...parsed.findings.map(({ field, message }) => `${file}: ${field}: ${message}`));
  return null;
}

/** Undefined, and a problem told, if the file cannot be read. */
function readWith(file: string, read: (text: string) => unknown, problems: string[]): unknown {
  try {
    return read(readFileSync(file, 'utf8')) ?? null;
  } catch (cause) {
    problems.push(`${file}: ${(cause as Error).message}`);
    return undefined;
  }
}

const issuesOf = (file: string, error: z.ZodError): string[] =>
  error.issues.map(({ path, message }) => `${file}: ${path.join('.')}: ${message}`);

const foldersIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();
