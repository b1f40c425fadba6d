/**
 * Avro's Java library as judge: one JVM answers all questions. Maven fetches the versions of `java/pom.xml` once into
 * `node_modules/.cache`; after that nothing needs a network.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const JAVA = join(import.meta.dirname, 'java');
const CACHE = join(import.meta.dirname, '..', '..', '..', 'node_modules', '.cache', 'citystreams-projection-oracle');

/** What the view makes of one event. Bytes are base64. */
export interface JavaEvent {
  body?: string;
  /** Absent: null. */
  key?: string;
  time?: string;
  withheld?: true;
  failed?: true;
  /** The library failed to decode it. */
  unreadable?: true;
}

export interface JavaAnswer {
  events: JavaEvent[];
  /** Bodies made by schema resolution alone, where the question asks for them; null: the library failed. */
  resolved: (string | null)[];
}

/** Throws when Maven or a JDK cannot be run: a judge that did not sit is not an acquittal. */
export function askJava(questions: readonly unknown[]): { version: string; answers: JavaAnswer[] } {
  const path = join(libraries(), '*');
  const classes = mkdtempSync(join(tmpdir(), 'projection-oracle-'));
  try {
    const sources = readdirSync(JAVA).filter((name) => name.endsWith('.java'));
    run('javac', ['-cp', path, '-d', classes, ...sources.map((name) => join(JAVA, name))], '');
    const input = questions.map((question) => JSON.stringify(question)).join('\n');
    const [first, ...lines] = run('java', ['-cp', `${classes}:${path}`, 'ProjectionOracle'], input)
      .trimEnd()
      .split('\n');
    if (lines.length !== questions.length) throw new Error('the Java oracle did not answer every question');
    const { version } = JSON.parse(first ?? '') as { version: string };
    return { version, answers: lines.map((line) => JSON.parse(line) as JavaAnswer) };
  } finally {
    rmSync(classes, { recursive: true });
  }
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
  const { status, stdout, stderr, error } = spawnSync(command, args, { input, encoding: 'utf8', maxBuffer: 2 ** 30 });
  // A program that gave up while it was still being asked is an error (EPIPE) as well: what it said comes first.
  if (status !== null && status !== 0) throw new Error(`${command} ended with ${status}: ${stderr.slice(0, 8000)}`);
  if (error !== undefined) throw new Error(`${command} cannot be run; a JDK 17 and Maven are needed`, { cause: error });
  if (status === null) throw new Error(`${command} was killed`);
  return stdout;
}
