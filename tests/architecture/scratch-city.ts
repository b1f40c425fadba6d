import { spawnSync } from 'node:child_process';
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

export interface Violation {
  rule: string;
  from: string;
}

/** The workspace's packages, empty but for what a test writes into them: a place to break rules in. */
export interface ScratchCity {
  write(file: string, text: string): void;
  /** What the workspace's own dependency rules say of it. */
  violations(): Violation[];
  close(): void;
}

export function openScratchCity(): ScratchCity {
  const city = mkdtempSync(join(tmpdir(), 'citystreams-rules-'));
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(city, file)), { recursive: true });
    writeFileSync(join(city, file), text);
  };
  for (const file of ['package.json', 'tsconfig.base.json', '.dependency-cruiser.mjs']) {
    cpSync(join(ROOT, file), join(city, file));
  }
  linkModules(city);
  const manifests = globSync(['libs/*', 'apps/*', 'apps/agencies/*', 'tools/*', 'tests/*'], { cwd: ROOT })
    .map((folder) => join(folder, 'package.json'))
    .filter((file) => globSync(file, { cwd: ROOT }).length > 0);
  for (const file of manifests) {
    const text = readFileSync(join(ROOT, file), 'utf8');
    write(file, text);
    write(join(dirname(file), 'src/index.ts'), 'export const here = true;\n');
    linkPackage(city, dirname(file), (JSON.parse(text) as { name: string }).name);
  }
  return { write, violations: () => cruise(city), close: () => rmSync(city, { recursive: true, force: true }) };
}

/** Other packages as they are installed; ours are links into the scratch tree. */
function linkModules(city: string): void {
  mkdirSync(join(city, 'node_modules/@citystreams'), { recursive: true });
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (name === '@citystreams' || name.startsWith('.')) continue;
    symlinkSync(join(ROOT, 'node_modules', name), join(city, 'node_modules', name));
  }
}

function linkPackage(city: string, folder: string, name: string): void {
  symlinkSync(join(city, folder), join(city, 'node_modules', name));
}

function cruise(city: string): Violation[] {
  const tool = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [tool, '--config', '.dependency-cruiser.mjs', '-T', 'json', 'libs', 'apps', 'tools', 'tests'],
    { cwd: city, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  if (!stdout.startsWith('{')) throw new Error(`the dependency rules could not be asked: ${stderr}`);
  const { summary } = JSON.parse(stdout) as { summary: { violations: { rule: { name: string }; from: string }[] } };
  return summary.violations.map(({ rule, from }) => ({ rule: rule.name, from }));
}
