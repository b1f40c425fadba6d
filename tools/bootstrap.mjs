// Makes a fresh clone runnable: dependencies as the lockfile says, Node 24 among them, and with --build the compiled
// code. Runs on Node 20 or newer and uses nothing but Node itself, because nothing else is there yet.
import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_TO_INSTALL = 20;
const OLDEST_TO_RUN = 24;
const LONGEST_MS = 30 * 60_000;
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(root, 'node_modules');
const stamp = join(modules, '.install-stamp');
const lock = join(root, '.install.lock');
const say = (line) => process.stdout.write(`${line}\n`);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

class Refusal extends Error {}

/** Changes whenever what has to be installed changes. */
function wanted() {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  return hash.update(`${process.platform}-${process.arch}`).digest('hex');
}

const isInstalled = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted();

/** Exit code of a command whose output the user sees; says now and then that it still works. */
async function run(command, args, what) {
  const child = spawn(command, args, { cwd: root, stdio: 'inherit' });
  noteOwners(process.pid, child.pid);
  const began = Date.now();
  const ticking = setInterval(() => say(`still ${what} (${Math.round((Date.now() - began) / 1000)} s)`), 15_000);
  try {
    const [code, signal] = await new Promise((resolve, reject) => {
      child.once('exit', (...end) => resolve(end)).once('error', reject);
    });
    if (signal) throw new Refusal(`${what} was interrupted (${signal})`);
    return code;
  } finally {
    clearInterval(ticking);
  }
}

/** The npm that runs this script, or the one in PATH. */
function npm(...args) {
  const all = [...args, '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  const cli = process.env.npm_execpath;
  return cli
    ? run(process.execPath, [cli, ...all], 'installing')
    : run(process.platform === 'win32' ? 'npm.cmd' : 'npm', all, 'installing');
}

async function install() {
  say('installing dependencies as locked (npm ci): about a minute');
  const want = wanted();
  if ((await npm('ci')) !== 0) {
    // A registry that lacks another platform's binary makes `npm ci` refuse the lockfile; `npm install` does without.
    say('npm ci did not work here, trying npm install --no-save');
    if ((await npm('install', '--no-save')) !== 0) {
      throw new Refusal('the dependencies could not be installed: npm says why above');
    }
  }
  writeFileSync(stamp, want);
}

/** The Node that npm's scripts will find first: ours if it was installed, else the one in PATH. */
function findNode() {
  const own = join(modules, '.bin', 'node');
  const node = existsSync(own) ? own : 'node';
  const version = spawnSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout?.trim();
  if (!(Number.parseInt(version ?? '', 10) >= OLDEST_TO_RUN)) {
    throw new Refusal(
      `Node ${OLDEST_TO_RUN} or newer is needed to run: npm has none for ${process.platform}-${process.arch}, and the one in PATH is ${version || 'missing'}. Install it and try again.`,
    );
  }
  return node;
}

async function build(node) {
  say('building');
  const compiler = join(modules, 'typescript', 'bin', 'tsc');
  if ((await run(node, [compiler, '-b'], 'building')) !== 0) throw new Refusal('the build failed: see above');
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Writes who holds the lock: this process, and the command it runs, which goes on if we are killed. */
function noteOwners(...pids) {
  writeFileSync(join(lock, 'pids'), pids.join(' '));
}

function ownersOf(folder) {
  try {
    return readFileSync(join(folder, 'pids'), 'utf8').split(' ').map(Number).filter(Boolean);
  } catch {
    return []; // not yet written, or gone
  }
}

function isAbandoned(folder) {
  const made = statSync(folder, { throwIfNoEntry: false });
  if (made === undefined) return false;
  const age = Date.now() - made.mtimeMs;
  const owners = ownersOf(folder);
  // After a restart of the machine the numbers may be somebody else's: no install takes this long.
  if (age > LONGEST_MS) return true;
  return owners.length === 0 ? age > 5_000 : !owners.some(isRunning);
}

/** One at a time in this clone: two `npm test` at once must not install or compile over each other. */
async function withLock(work) {
  for (let told = false; ; ) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (isAbandoned(lock)) {
      const aside = `${lock}.${randomBytes(4).toString('hex')}`;
      try {
        renameSync(lock, aside); // of two who find the same dead owner, one gets it
        if (isAbandoned(aside)) rmSync(aside, { recursive: true, force: true });
        else renameSync(aside, lock);
      } catch (error) {
        if (error.code !== 'ENOENT') throw error;
      }
      continue;
    }
    if (!told)
      say(`waiting for another install or build in this directory (process ${ownersOf(lock)[0] ?? 'unknown'})`);
    told = true;
    await sleep(300);
  }
  noteOwners(process.pid);
  try {
    return await work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

async function main() {
  if (Number.parseInt(process.versions.node, 10) < OLDEST_TO_INSTALL) {
    throw new Refusal(`Node ${OLDEST_TO_INSTALL} or newer is needed, this is ${process.versions.node}`);
  }
  const mustBuild = process.argv.includes('--build');
  if (!isInstalled() || mustBuild) {
    await withLock(async () => {
      if (!isInstalled()) await install();
      if (mustBuild) await build(findNode());
    });
  }
  findNode();
}

main().catch((error) => {
  process.stderr.write(`${error instanceof Refusal ? error.message : error.stack}\n`);
  process.exitCode = 1;
});
