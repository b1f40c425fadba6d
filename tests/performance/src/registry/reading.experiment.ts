import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { cpuSeconds, residentMiB } from '../measuring/process.meter.js';
import { HERE } from '../paths.js';
import type { LoadPlan, LoadResult } from './load.js';
import { addVersions } from './many-versions.js';
import { openRegistryStand, type RunningRegistry } from './registry.stand.js';

const run = promisify(execFile);
const DIST = join(HERE, 'dist', 'registry');
const SUBJECT = 'bench-value';
const CONNECTIONS = 32;
const WARM_UP_SECONDS = 1;
/** New schemas a second while the reads are measured. */
const REGISTRATIONS = 20;

/** What one kind of request got, of the registry and of the bare route. */
export interface Compared {
  readonly what: 'read by id' | 'look up';
  readonly registry: Measured;
  readonly bare: Measured;
}

export interface Measured {
  readonly perSecond: number;
  /** Of the server's CPU, for each answer. */
  readonly cpuMicroseconds: number;
}

export interface ReadingRun {
  readonly compared: readonly Compared[];
  readonly registeredMeanwhile: number;
}

/** Twenty documented fields: what a contract looks like. */
const schemaText = JSON.stringify({
  type: 'record',
  name: 'Observation',
  namespace: 'city.meteorology',
  doc: 'One observation of the weather.',
  fields: Array.from({ length: 20 }, (_, i) => ({
    name: `value${i}`,
    type: ['null', 'double'],
    doc: `The value number ${i} that was measured at the station.`,
    default: null,
  })),
});

/** Rounds of: registry, bare route, registry, bare route; one after the other, so that the machine is the same for both. */
export async function readingRounds(
  o: { versions: number; rounds: number; seconds: number },
  say: (line: string) => void,
): Promise<ReadingRun[]> {
  const stand = await openRegistryStand(say);
  try {
    const empty = await stand.start();
    await register(empty, SUBJECT, schemaText);
    await empty.stop();
    await addVersions(stand.ownerUrl, o.versions);
    const registry = await stand.start();
    const { id, answer } = await register(registry, SUBJECT, schemaText);
    const bare = await stand.startBeside(join(DIST, 'bare.js'), [answer]);
    const runs: ReadingRun[] = [];
    for (let round = 0; round < o.rounds; round += 1) {
      const registrar = startRegistering(registry, round);
      const body = JSON.stringify({ schema: schemaText });
      const read = await compared('read by id', null, [registry, `/schemas/ids/${id}`], [bare, '/read/1'], o.seconds);
      const lookUp = await compared(
        'look up',
        body,
        [registry, `/subjects/${SUBJECT}`],
        [bare, '/look-up/x'],
        o.seconds,
      );
      runs.push({ compared: [read, lookUp], registeredMeanwhile: await registrar.stop() });
      say(lineOf(runs.at(-1)!));
    }
    await Promise.all([registry.stop(), bare.stop()]);
    return runs;
  } finally {
    await stand.close();
  }
}

export interface StartRun {
  readonly versions: number;
  readonly readyAfterMs: number;
  readonly residentMiB: number;
  /** Until it was ready. */
  readonly cpuSeconds: number;
}

export async function startRounds(
  o: { versions: readonly number[]; rounds: number },
  say: (line: string) => void,
): Promise<StartRun[]> {
  const runs: StartRun[] = [];
  for (const versions of o.versions) {
    const stand = await openRegistryStand(say);
    try {
      await (await stand.start()).stop();
      await addVersions(stand.ownerUrl, versions);
      for (let round = 0; round < o.rounds; round += 1) {
        const registry = await stand.start();
        const { readyAfterMs, pid } = registry;
        runs.push({ versions, readyAfterMs, residentMiB: residentMiB(pid), cpuSeconds: cpuSeconds(pid) });
        say(JSON.stringify(runs.at(-1)));
        await registry.stop();
      }
    } finally {
      await stand.close();
    }
  }
  return runs;
}

type Target = readonly [server: RunningRegistry, path: string];

async function compared(
  what: Compared['what'],
  body: string | null,
  registry: Target,
  bare: Target,
  seconds: number,
): Promise<Compared> {
  const [registryResult, bareResult] = [await load(registry, body, seconds), await load(bare, body, seconds)];
  return { what, registry: registryResult, bare: bareResult };
}

async function load([{ url, pid }, path]: Target, body: string | null, seconds: number): Promise<Measured> {
  const plan: LoadPlan = { url, path, body, connections: CONNECTIONS, warmUpSeconds: WARM_UP_SECONDS, seconds };
  const before = cpuSeconds(pid);
  const { stdout } = await run(process.execPath, [join(DIST, 'load.js'), JSON.stringify(plan)]);
  const { perSecond, refused } = JSON.parse(stdout) as LoadResult;
  if (refused > 0) throw new Error(`${refused} answers of ${url}${path} were not 200`);
  const spent = cpuSeconds(pid) - before;
  return { perSecond, cpuMicroseconds: (spent * 1e6) / (perSecond * (seconds + WARM_UP_SECONDS)) };
}

async function register(
  { url }: RunningRegistry,
  subject: string,
  schema: string,
): Promise<{ id: number; answer: string }> {
  const response = await fetch(`${url}/subjects/${subject}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ schema }),
  });
  if (!response.ok) throw new Error(await response.text());
  const { id } = (await response.json()) as { id: number };
  return { id, answer: await (await fetch(`${url}/schemas/ids/${id}`)).text() };
}

/** Each a new schema of a new subject. */
function startRegistering(registry: RunningRegistry, round: number): { stop(): Promise<number> } {
  let going = true;
  const done = (async () => {
    let count = 0;
    while (going) {
      const name = `R${round}N${count}`;
      await register(registry, `meanwhile-${round}-${count}`, `{"type":"record","name":"${name}","fields":[]}`);
      count += 1;
      await setTimeout(1_000 / REGISTRATIONS);
    }
    return count;
  })();
  return {
    stop() {
      going = false;
      return done;
    },
  };
}

const lineOf = ({ compared: all, registeredMeanwhile }: ReadingRun): string =>
  all
    .map(({ what, registry, bare }) => {
      const ratio = (registry.perSecond / bare.perSecond).toFixed(2);
      const cpu = (bare.cpuMicroseconds / registry.cpuMicroseconds).toFixed(2);
      return `${what}: ${Math.round(registry.perSecond)}/s, bare ${Math.round(bare.perSecond)}/s, ${ratio}x (${cpu}x for its CPU)`;
    })
    .join('; ') + `; ${registeredMeanwhile} registered meanwhile`;
