/** Somebody who follows `docs/guides/publish.md` word by word: its files, its commands, its program. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { City } from './city.js';

const ROOT = resolve(import.meta.dirname, '../../..');
const GUIDE = readFileSync(join(ROOT, 'docs/guides/publish.md'), 'utf8');

export interface NewPublisher {
  /** The folder of the stream. */
  readonly stream: string;
  write(file: string, text: string): void;
  contract(version: number): { fields: object[] };
  /** A command of the guide, as it stands there. Throws with what it said where it fails. */
  run(line: string): string;
  /** The guide's program, with other events in place of its own where they are given. */
  publish(events?: string, version?: number): void;
  remove(): void;
}

export function newPublisher(city: City): NewPublisher {
  // Below the repository's packages, so that the program finds the SDK as it does in the repository itself.
  const cache = join(ROOT, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const home = mkdtempSync(join(cache, 'guide-'));
  const folder = join(home, 'schemas/meteorology/air-quality');
  cpSync(join(ROOT, 'schemas'), join(home, 'schemas'), { recursive: true });
  cpSync(join(ROOT, 'policy'), join(home, 'policy'), { recursive: true });
  mkdirSync(folder);
  writeFileSync(join(folder, 'v1.avsc'), blockOf('json'));
  writeFileSync(join(folder, 'stream.yaml'), blockOf('yaml'));
  writeFileSync(join(folder, 'README.md'), '# Air quality\n');

  const start = (file: string, args: readonly string[]): string => {
    const env = { ...process.env, CITYSTREAMS_DATA: city.dataDirectory, XDG_CONFIG_HOME: home };
    const ended = spawnSync(process.execPath, [file, ...args], { cwd: home, env, encoding: 'utf8', timeout: 60_000 });
    if (ended.status === 0) return ended.stdout;
    throw new Error(`${file} ${args.join(' ')} ended with ${ended.status}\n${ended.stdout}${ended.stderr}`);
  };
  return {
    stream: folder,
    write: (file, text) => writeFileSync(join(folder, file), text),
    contract: (version) => JSON.parse(readFileSync(join(folder, `v${version}.avsc`), 'utf8')) as { fields: object[] },
    run(line) {
      if (!GUIDE.includes(`    npx citystreams ${line}`)) throw new Error(`the guide does not say: ${line}`);
      return start(join(ROOT, 'apps/cli/bin/citystreams.mjs'), line.split(' '));
    },
    publish(events, version = 1) {
      const program = blockOf('js').replace('v1.avsc', `v${version}.avsc`);
      const own = /publish\(\[\n[^]*?\n\]\)/;
      const file = join(home, 'first-event.mjs');
      writeFileSync(file, events === undefined ? program : program.replace(own, () => `publish(${events})`));
      if (start(file, []) !== 'published\n') throw new Error('nothing was published');
    },
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}

/** The first block of this language. */
function blockOf(language: string): string {
  const block = new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(GUIDE)?.[1];
  if (block === undefined) throw new Error(`the guide has no block of ${language}`);
  return block;
}
