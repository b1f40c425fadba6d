// `npm run check`: everything that is true of the tree without running the product. One line per part.
import { pathToFileURL } from 'node:url';
import { lockfileProblems } from './checks/lockfile.mjs';
import { uncompiledProblems, undeclaredProblems } from './checks/projects.mjs';
import { clockProblems, lengthProblems } from './checks/sources.mjs';
import { forwardSignals, isStopped, ROOT, run, seconds } from './commands.mjs';

const AT_ONCE = 2;

const found = (problems) => ({ ok: problems.length === 0, output: problems.join('\n') });

/** `after`: parts that must have ended before; whether they passed does not matter. Longest first. */
const PARTS = [
  { name: 'types', run: () => run('tsc', ['-b']) },
  { name: 'lint', run: () => run('oxlint', ['--type-aware']) },
  { name: 'dead code', run: () => run('knip', ['--no-progress', '--no-config-hints']) },
  {
    name: 'dependency rules',
    run: () => run('depcruise', ['--config', '.dependency-cruiser.mjs', 'libs', 'apps', 'tools', 'tests']),
  },
  { name: 'format', run: () => run('biome', ['format', '.']) },
  {
    name: 'generated is fresh',
    after: ['types'],
    run: () => run(process.execPath, ['tools/generate/dist/main.js', '--check']),
  },
  {
    name: 'schemas',
    after: ['types'],
    run: () => run(process.execPath, ['apps/cli/bin/citystreams.mjs', 'streams', 'check', 'schemas']),
  },
  { name: 'lockfile', run: () => found(lockfileProblems(ROOT)) },
  { name: 'all is declared', run: () => found(undeclaredProblems(ROOT)) },
  { name: 'all is compiled', run: () => found(uncompiledProblems(ROOT)) },
  { name: 'file lengths', run: () => found(lengthProblems(ROOT)) },
  { name: 'pure code has no clock', run: () => found(clockProblems(ROOT)) },
];

/** Runs every part, printing one line each and what a failed one said. */
export async function check() {
  const counts = { passed: 0, failed: 0 };
  const waiting = [...PARTS];
  const ended = new Set();
  async function lane() {
    while (waiting.length > 0 && !isStopped()) {
      const index = waiting.findIndex((part) => (part.after ?? []).every((name) => ended.has(name)));
      if (index < 0) return;
      const [part] = waiting.splice(index, 1);
      const started = performance.now();
      const result = await part.run();
      ended.add(part.name);
      counts[result.ok ? 'passed' : 'failed'] += 1;
      console.log(`${result.ok ? 'ok  ' : 'FAIL'} ${part.name.padEnd(24)} ${seconds(started)}`);
      if (!result.ok) console.log(result.output.trimEnd().replace(/^/gm, '     '));
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return counts;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  forwardSignals();
  const started = performance.now();
  const { passed, failed } = await check();
  console.log(`${passed} checks passed, ${failed} failed in ${seconds(started)}`);
  if (failed > 0) process.exitCode ??= 1;
}
