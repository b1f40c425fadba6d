// What linters do not see: lengths of files, and the clock in code that must not have one.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const SKIPPED = new Set(['node_modules', 'dist', 'generated', 'coverage', '.git', '.nx', '.citystreams']);
const SOURCE = /\.(ts|tsx|mjs|js)$/;
const SPEC = /\.spec\.ts$/;
const LONGEST = { source: 300, spec: 500 };
const PURE = /^libs\/(contracts|domain|avro|record-batch)\/src\//;
/** `new Date()` reads the clock, `new Date(x)` does not: no linter rule tells them apart. */
const READS_CLOCK = /\bnew Date\(\s*\)|(?<!new )\bDate\(\s*\)/;

function* sources(root, folder = root) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (SKIPPED.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(root, path);
    else if (SOURCE.test(entry.name)) yield { path: relative(root, path), text: readFileSync(path, 'utf8') };
  }
}

/** Files that are too long, one line each. */
export function lengthProblems(root) {
  const problems = [];
  for (const { path, text } of sources(root)) {
    const lines = text.split('\n').length - 1;
    const most = SPEC.test(path) ? LONGEST.spec : LONGEST.source;
    if (lines > most) problems.push(`${path}: ${lines} lines, at most ${most}`);
  }
  return problems;
}

/** Pure code that reads the clock, one line each. */
export function clockProblems(root) {
  const problems = [];
  for (const { path, text } of sources(root)) {
    if (!PURE.test(path) || SPEC.test(path)) continue;
    text.split('\n').forEach((line, index) => {
      if (READS_CLOCK.test(line)) problems.push(`${path}:${index + 1}: reads the clock; time comes in as an argument`);
    });
  }
  return problems;
}
