/**
 * The Java library as judge: one JVM answers all questions. Maven fetches the library once into `node_modules/.cache`,
 * by the versions of `java/pom.xml`; after that nothing needs a network.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Difference } from '@citystreams/avro';

const HERE = import.meta.dirname;
const JAVA = join(HERE, '..', 'java');
const CACHE = join(HERE, '..', '..', '..', 'node_modules', '.cache', 'citystreams-avro-oracle');

/** Milliseconds; fetching the jars for the first time may take a minute. */
const LONGEST_RUN = 240_000;

export interface SchemaQuestion {
  schema: string;
  references?: readonly string[];
  names?: 'ascii' | 'unicode';
  validateDefaults?: boolean;
}

export interface PairQuestion {
  reader: string;
  writer: string;
}

/** What the library makes of one schema, or why it refuses it. */
export type SchemaAnswer =
  | { refusal: string }
  | { text: string; normalised: string | null; parsingForm: string; crc64: string; sha256: string };
/** `failure`: what it threw while it compared. */
export type PairAnswer = { refusal: string } | { differences: Difference[]; failure?: string };

export interface Verdicts {
  /** Of the library. */
  version: string;
  schemas: SchemaAnswer[];
  pairs: PairAnswer[];
}

/** Throws when Maven or Java cannot be run: a judge that did not sit is not an acquittal. */
export function askJava(schemas: readonly SchemaQuestion[], pairs: readonly PairQuestion[]): Verdicts {
  const input = [...schemas, ...pairs].map((question) => JSON.stringify(question)).join('\n');
  const output = run('java', ['-cp', join(libraries(), '*'), join(JAVA, 'SchemaOracle.java')], input);
  const [first, ...answers] = output.trimEnd().split('\n');
  if (answers.length !== schemas.length + pairs.length)
    throw new Error('the Java oracle did not answer every question');
  const parsed = answers.map((answer) => JSON.parse(answer) as unknown);
  return {
    version: (JSON.parse(first!) as { version: string }).version,
    schemas: parsed.slice(0, schemas.length) as SchemaAnswer[],
    pairs: parsed.slice(schemas.length) as PairAnswer[],
  };
}

/** The folder with the jars, complete or not there at all. */
function libraries(): string {
  const pom = join(JAVA, 'pom.xml');
  const folder = join(CACHE, createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 16));
  if (existsSync(folder)) return folder;
  const fetched = `${folder}.${process.pid}`;
  mkdirSync(fetched, { recursive: true });
  run('mvn', ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${fetched}`], '');
  try {
    renameSync(fetched, folder);
  } catch (error) {
    // Another run was first; its jars are the same.
    rmSync(fetched, { recursive: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

function run(command: string, args: readonly string[], input: string): string {
  const options = { input, encoding: 'utf8', maxBuffer: 2 ** 30, timeout: LONGEST_RUN } as const;
  const { status, stdout, stderr, error } = spawnSync(command, args, options);
  if (error !== undefined) throw new Error(`${command} cannot be run; Java 17 and Maven are needed`, { cause: error });
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr.slice(-2000)}${stdout.slice(-2000)}`);
  return stdout;
}
