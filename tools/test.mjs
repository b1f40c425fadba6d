// `npm test`: the checks, then unit, integration, resilience and journey specs. The last line is `N passed, N failed`;
// what was skipped, because this machine lacks what it needs, is named above it and counts as neither.
//   node tools/test.mjs                     everything
//   node tools/test.mjs check unit          only these
//   node tools/test.mjs alone               the router among changes of every kind; by name only, for now
//   node tools/test.mjs libs/domain         only specs whose path contains this
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check } from './check.mjs';
import { forwardSignals, isStopped, run, seconds } from './commands.mjs';

const MINUTE = 60_000;
/** A suite that runs longer hangs: it is ended and counts as failed. */
const SUITES = {
  unit: { workers: 2, limitMs: 5 * MINUTE },
  integration: { workers: 2, limitMs: 12 * MINUTE },
  alone: { workers: 1, limitMs: 6 * MINUTE },
  resilience: { workers: 1, limitMs: 8 * MINUTE },
  journey: { workers: 1, limitMs: 20 * MINUTE },
};

/** Two of its specs do not wait for what they need yet, so it proves nothing when it fails. */
const isPartOfAll = (/** @type {string} */ name) => name !== 'alone';

const NODE_OPTIONS = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];

async function runSuite(name, paths, folder) {
  const { workers, limitMs } = SUITES[name];
  const file = join(folder, `${name}.json`);
  const jest = [...NODE_OPTIONS, 'node_modules/jest/bin/jest.js', '--config', 'jest.config.mjs'];
  const options = ['--selectProjects', name, '--json', '--outputFile', file, `--maxWorkers=${workers}`];
  if (paths.length > 0) options.push('--passWithNoTests');
  const ended = await run(process.execPath, [...jest, ...options, ...paths], { show: true, limitMs });
  const result = read(file);
  return { ...countsOf(name, ended, result, paths), skipped: skippedIn(result) };
}

/** Names of the tests that did not run. */
function skippedIn(result) {
  const tests = (result?.testResults ?? []).flatMap((file) => file.assertionResults);
  return tests.filter(({ status }) => status === 'pending' || status === 'todo').map(({ fullName }) => fullName);
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

/** A suite that ran nothing, hung or died has failed, whatever it says of its tests. */
function countsOf(name, ended, result, paths) {
  if (result === null) return fail(name, `ended with code ${ended.code} and left no result`, { passed: 0, failed: 0 });
  const unloaded = result.numRuntimeErrorTestSuites;
  const counts = { passed: result.numPassedTests, failed: result.numFailedTests + unloaded };
  if (unloaded > 0) console.log(`${name}: ${unloaded} spec files could not be loaded or did not end properly`);
  if (ended.timedOut) return fail(name, 'did not end in time and was stopped', counts);
  if (counts.passed + counts.failed === 0 && paths.length === 0) return fail(name, 'ran no test', counts);
  if (counts.failed === 0 && !ended.ok) return fail(name, `ended with code ${ended.code}`, counts);
  return counts;
}

function fail(name, why, counts) {
  console.log(`${name}: ${why}`);
  return { passed: counts.passed, failed: counts.failed + 1 };
}

async function main() {
  forwardSignals();
  const names = process.argv.slice(2).filter((word) => word === 'check' || word in SUITES);
  const paths = process.argv.slice(2).filter((word) => !names.includes(word));
  const wanted =
    names.length > 0 ? names : [...(paths.length > 0 ? [] : ['check']), ...Object.keys(SUITES)].filter(isPartOfAll);
  const folder = mkdtempSync(join(tmpdir(), 'citystreams-test-'));
  const total = { passed: 0, failed: 0 };
  /** @type {string[]} */
  const skipped = [];
  try {
    for (const name of ['check', ...Object.keys(SUITES)].filter((suite) => wanted.includes(suite))) {
      if (isStopped()) break;
      console.log(`\n== ${name}`);
      const started = performance.now();
      const counts = name === 'check' ? await check() : await runSuite(name, paths, folder);
      console.log(`== ${name}: ${counts.passed} passed, ${counts.failed} failed in ${seconds(started)}`);
      total.passed += counts.passed;
      total.failed += counts.failed;
      skipped.push(...(counts.skipped ?? []));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (total.passed + total.failed + skipped.length === 0) total.failed = 1;
  if (total.failed > 0) process.exitCode ??= 1;
  console.log();
  for (const name of new Set(skipped)) console.log(`skipped: ${name}`);
  if (names.length === 0 && paths.length === 0) console.log('not part of this: npm test alone');
  console.log(`${total.passed} passed, ${total.failed} failed`);
}

await main();
