// The lockfile names every package on every platform, agrees with every package.json, and carries no addresses.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const DEPENDENCIES = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];

/** Node's resolution: the package's own node_modules first, then each parent's. */
function isLocked(packages, from, name) {
  for (let base = from; ; ) {
    if (packages[`${base ? `${base}/` : ''}node_modules/${name}`]) return true;
    if (!base) return false;
    const cut = base.lastIndexOf('node_modules/');
    base = cut <= 0 ? '' : base.slice(0, cut - 1);
  }
}

/** Problems of the workspace's lockfile, one line each. */
export function lockfileProblems(root) {
  const problems = [];
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  for (const [path, entry] of Object.entries(packages)) {
    if (/^(https?|git|ssh|file)[:+]/.test(entry.resolved ?? '')) {
      problems.push(`package-lock.json: ${path} carries an address; set omit-lockfile-registry-resolved=true`);
    }
    for (const name of Object.keys(entry.optionalDependencies ?? {})) {
      if (!isLocked(packages, path, name)) {
        problems.push(`package-lock.json: ${path} wants ${name}, which has no entry; run node tools/lock-complete.mjs`);
      }
    }
    const manifest = join(root, path, 'package.json');
    if (path.includes('node_modules/') || !existsSync(manifest)) continue;
    const declared = JSON.parse(readFileSync(manifest, 'utf8'));
    for (const kind of DEPENDENCIES) {
      const [want, have] = [declared[kind] ?? {}, entry[kind] ?? {}];
      for (const name of new Set([...Object.keys(want), ...Object.keys(have)])) {
        if (want[name] !== have[name]) {
          problems.push(
            `${join(path, 'package.json')}: ${kind} ${name} is ${want[name]}, the lockfile has ${have[name]}`,
          );
        }
      }
    }
  }
  return problems;
}
