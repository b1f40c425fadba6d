/** The little we ask of a container engine, through its command line. */
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { run } from './child-process.js';
import type { Progress } from './way.js';

/** While several ways are open nobody waits long for an engine; where only Docker will do, a busy one gets its time. */
const ANSWER_MS = { soon: 2_000, patient: 20_000 } as const;
const PULL_MS = 60_000;

/** Null when an engine answers and has the image (pulling it if need be), otherwise why not. */
export async function imageObstacle(
  image: string,
  progress: Progress,
  { mayPull = true, patient = false }: { mayPull?: boolean; patient?: boolean } = {},
): Promise<string | null> {
  const timeoutMs = patient ? ANSWER_MS.patient : ANSWER_MS.soon;
  const engine = await run('docker', ['version', '--format', '{{.Server.Version}}'], { timeoutMs });
  if (engine.status === null && !engine.timedOut) return 'docker is not installed';
  if (engine.status !== 0) return 'no engine answers this user';
  const have = await run('docker', ['image', 'inspect', image, '--format', '{{.Id}}'], {
    timeoutMs: ANSWER_MS.patient,
  });
  if (have.status === 0) return null;
  if (!mayPull) return `the engine has no image ${image}`;
  progress(`pulling the image ${image} (at most ${PULL_MS / 1000} s)`);
  const pull = await run('docker', ['pull', '--quiet', image], { timeoutMs: PULL_MS });
  if (pull.status === 0) return null;
  return pull.timedOut ? `${image} was not there after ${PULL_MS / 1000} s of pulling` : `${image} cannot be pulled`;
}

/** The same name for the same data directory, on every start: `citystreams-kafka-1f0c9a7e2b`. */
export function containerNameOf(part: 'kafka' | 'postgres', dataDirectory: string): string {
  const directory = createHash('sha256').update(resolve(dataDirectory)).digest('hex').slice(0, 10);
  return `citystreams-${part}-${directory}`;
}

/** Removes a container that an unclean end left behind; none is fine. */
export async function removeContainer(name: string): Promise<void> {
  await run('docker', ['rm', '--force', '--volumes', name], { timeoutMs: 30_000 });
}

/** Before a first start: a volume of an earlier data directory at this path holds other passwords. None is fine. */
export async function forgetVolume(part: 'kafka' | 'postgres', dataDirectory: string): Promise<void> {
  const name = containerNameOf(part, dataDirectory);
  await removeContainer(name);
  await run('docker', ['volume', 'rm', '--force', name], { timeoutMs: 30_000 });
}
