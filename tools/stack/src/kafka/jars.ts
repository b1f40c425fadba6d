/** Kafka's own jars: fetched once by Maven, kept in the data directory, used offline from then on. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../platform/child-process.js';
import type { Progress } from '../platform/way.js';

const POM = fileURLToPath(new URL('../../kafka/pom.xml', import.meta.url));
const OLDEST_JAVA = 17;
const DOWNLOAD_MS = 15 * 60_000;
const TELL_MS = 3_000;

/** Where the jars of this pom are kept. */
export function jarFolder(kafkaFolder: string): string {
  const hash = createHash('sha256').update(readFileSync(POM)).digest('hex').slice(0, 12);
  return join(kafkaFolder, `libs-${hash}`);
}

/** Null when the jars are there and a fitting Java runs, otherwise why not. Fetches the jars if need be. */
export async function jarsObstacle(kafkaFolder: string, progress: Progress): Promise<string | null> {
  const java = await run('java', ['-version'], { timeoutMs: 20_000 });
  if (java.status !== 0) return `Java ${OLDEST_JAVA} or newer is needed and none was found`;
  const version = javaVersion(java.output);
  if (version === undefined || version < OLDEST_JAVA) {
    return `Java ${OLDEST_JAVA} or newer is needed, found ${version ?? 'an unknown version'}`;
  }
  const folder = jarFolder(kafkaFolder);
  if (existsSync(folder)) return null;
  return fetchJars(folder, progress);
}

/** The major version `java -version` reports, for 1.8.0_292 as for 17.0.15. */
export function javaVersion(output: string): number | undefined {
  const found = /version "(?:1\.)?(\d+)/.exec(output);
  return found ? Number(found[1]) : undefined;
}

async function fetchJars(folder: string, progress: Progress): Promise<string | null> {
  const draft = `${folder}.${process.pid}.${randomBytes(4).toString('hex')}`;
  mkdirSync(dirname(folder), { recursive: true, mode: 0o700 });
  progress('fetching Kafka 4.3.1 through Maven (40 MB, once)');
  let files = 0;
  const ticking = setInterval(() => progress(`fetching Kafka: ${files} files downloaded`), TELL_MS);
  const copied = await run(
    'mvn',
    ['-B', '-f', POM, 'dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${draft}`],
    {
      timeoutMs: DOWNLOAD_MS,
      onOutput: (text) => {
        files += text.split('Downloaded from').length - 1;
      },
    },
  ).finally(() => clearInterval(ticking));
  try {
    if (copied.status === null && !copied.timedOut) return 'Maven (mvn) is needed and none was found';
    if (copied.timedOut) return `Maven did not finish within ${DOWNLOAD_MS / 60_000} minutes`;
    if (copied.status !== 0) return `Maven failed: ${firstError(copied.output)}`;
    renameSync(draft, folder);
    return null;
  } catch (error) {
    if (existsSync(folder)) return null; // another start was quicker
    throw error;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

const firstError = (output: string): string =>
  output
    .split('\n')
    .find((line) => line.includes('ERROR'))
    ?.replace(/^.*?ERROR\S*\s*/, '')
    .slice(0, 300) ?? 'it said nothing';
