// Adds the lockfile entries of optional platform packages that the registry in use did not serve when the lockfile
// was written; without them `npm ci` refuses the lockfile. Run after every change of dependencies:
//   node tools/lock-complete.mjs
import { readFileSync, writeFileSync } from 'node:fs';

const SYSTEMS = ['android', 'darwin', 'linux', 'win32', 'freebsd', 'openharmony', 'aix', 'netbsd', 'openbsd', 'sunos'];
const PROCESSORS = { aarch64: 'arm64', arm64: 'arm64', x64: 'x64', ia32: 'ia32', arm: 'arm', ppc64: 'ppc64' };
Object.assign(PROCESSORS, { s390x: 's390x', riscv64: 'riscv64', loong64: 'loong64', wasm32: 'wasm32' });

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));

/** Node's resolution: the package's own node_modules first, then each parent's. */
function isLocked(from, name) {
  for (let base = from; ; ) {
    if (lock.packages[`${base ? `${base}/` : ''}node_modules/${name}`]) return true;
    if (!base) return false;
    const cut = base.lastIndexOf('node_modules/');
    base = cut <= 0 ? '' : base.slice(0, cut - 1);
  }
}

let added = 0;
for (const [from, entry] of Object.entries(lock.packages)) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    if (isLocked(from, name)) continue;
    const words = name.split('/').pop().split('-');
    const os = words.find((w) => SYSTEMS.includes(w));
    const cpu = words.map((w) => PROCESSORS[w]).find(Boolean);
    lock.packages[`node_modules/${name}`] = {
      version: range.replace(/^[~^]/, ''),
      ...(cpu && { cpu: [cpu] }),
      ...(entry.dev && { dev: true }),
      optional: true,
      ...(os && { os: [os] }),
    };
    added += 1;
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`${added} entries added\n`);
