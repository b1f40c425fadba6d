// Removes the local stack's data: the data directory and, where Kafka or PostgreSQL ran in containers, their volumes.
// Plain Node, so that it works in a clone where nothing is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const data = resolve(process.env.CITYSTREAMS_DATA || join(root, '.citystreams'));
/** What the stack puts there. Anything else makes us doubt that this is a data directory at all. */
const OURS = new Set(['secrets', 'issuer', 'kafka', 'postgres', 'logs', 'state', 'stack.json', 'stack.pid']);
const PARTS = ['kafka', 'postgres'];

class Refusal extends Error {}

function readText(...path) {
  try {
    return readFileSync(join(data, ...path), 'utf8');
  } catch {
    return undefined;
  }
}

/** As the stack writes it down: `<pid> <start time>`, because numbers are given again. Undefined when it does not run. */
function identityOf(pid) {
  if (!(pid > 0)) return undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return undefined;
  }
  try {
    const [state, ...fields] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ');
    return state === 'Z' ? undefined : `${pid} ${fields[18]}`;
  } catch {
    return String(pid);
  }
}

/** The process that a pid file names, if it is that process that runs. */
function runningIn(...path) {
  const text = readText(...path)?.trim();
  const pid = Number.parseInt(text, 10);
  return text && identityOf(pid) === text ? pid : undefined;
}

const docker = (...args) => spawnSync('docker', args, { encoding: 'utf8', timeout: 30_000 });
/** As the stack names its containers and volumes. */
const nameOf = (part) => `citystreams-${part}-${createHash('sha256').update(data).digest('hex').slice(0, 10)}`;
const ranInDocker = (part) => /"way"\s*:\s*"docker"/.test(readText(part, 'way.json') ?? '');

function refuseIfInUse() {
  const stack = runningIn('stack.pid');
  if (stack) throw new Refusal(`a stack (process ${stack}) runs on ${data}: stop it first (Ctrl-C there)`);
  const kafka = runningIn('kafka', 'broker.pid');
  if (kafka) throw new Refusal(`Kafka (process ${kafka}) still runs on ${data}: wait or stop it`);
  const postgres = Number(readText('postgres', 'data', 'postmaster.pid')?.split('\n')[0]);
  // PostgreSQL removes its file when it ends; after a crash the number may be somebody else's.
  if (identityOf(postgres) && commandOf(postgres).includes('postgres')) {
    throw new Refusal(`PostgreSQL (process ${postgres}) still runs on ${data}: wait or stop it`);
  }
}

function commandOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return 'postgres';
  }
}

function removeVolumes() {
  const parts = PARTS.filter(ranInDocker);
  if (parts.length === 0) return;
  const names = parts.map(nameOf);
  if (docker('version', '--format', '{{.Server.Version}}').status !== 0) {
    throw new Refusal(`the data lie in Docker volumes (${names.join(', ')}) and no engine answers: start it first`);
  }
  for (const name of names) {
    docker('rm', '--force', name); // left by an unclean end: no stack runs
    const removed = docker('volume', 'rm', '--force', name);
    if (removed.status !== 0)
      throw new Refusal(`the Docker volume ${name} cannot be removed: ${removed.stderr.trim()}`);
    process.stdout.write(`removed the Docker volume ${name}\n`);
  }
}

function main() {
  if (!existsSync(data)) {
    process.stdout.write(`nothing to remove: ${data} does not exist\n`);
    return;
  }
  const foreign = readdirSync(data).filter((name) => !OURS.has(name));
  if (foreign.length > 0) {
    throw new Refusal(
      `${data} does not look like a data directory (${foreign.slice(0, 3).join(', ')}): nothing removed`,
    );
  }
  refuseIfInUse();
  removeVolumes();
  rmSync(data, { recursive: true, force: true });
  process.stdout.write(`removed ${data}\n`);
}

try {
  main();
} catch (error) {
  process.stderr.write(`${error instanceof Refusal ? error.message : error.stack}\n`);
  process.exitCode = 1;
}
