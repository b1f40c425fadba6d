/** Java 17 and Maven, which everybody who runs the tests has: without them the test fails. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cachedFolder } from '../harness/cached-folder.js';
import { run } from '../harness/command.js';
import { type Report, reportOf } from '../harness/report.js';

const HERE = import.meta.dirname;
const POM = join(HERE, 'pom.xml');
const FETCHING_MS = 240_000;
const LONGEST_MS = 120_000;
/** A short run: what the compiler of a long one costs is not worth it. */
const JVM = [
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Xmx256m',
  '-Dfile.encoding=UTF-8',
  '-Dstdout.encoding=UTF-8',
];

/** Runs one of the programs of this folder. */
export async function javaReport(
  program: string,
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
  options: readonly string[] = [],
): Promise<Report> {
  const path = `${await classes()}:${join(await libraries(), '*')}`;
  return reportOf('java', [...JVM, ...options, '-cp', path, program, ...args], { env, timeoutMs: LONGEST_MS });
}

const libraries = (): Promise<string> =>
  cachedFolder('java', { files: [POM] }, async (folder) => {
    const copy = ['dependency:copy-dependencies', `-DoutputDirectory=${folder}`];
    await run('mvn', ['-q', '-B', '-f', POM, ...copy], { timeoutMs: FETCHING_MS });
  });

async function classes(): Promise<string> {
  const path = join(await libraries(), '*');
  const names = readdirSync(HERE).filter((name) => name.endsWith('.java'));
  const sources = names.toSorted().map((name) => join(HERE, name));
  return cachedFolder('java-classes', { files: [POM, ...sources] }, async (folder) => {
    const compile = ['-encoding', 'UTF-8', '-Xlint:all', '-cp', path, '-d', folder];
    await run('javac', [...compile, ...sources], { timeoutMs: LONGEST_MS });
  });
}
