/** Follows one program from its start until everything is committed, and says what that cost. */
import { setTimeout } from 'node:timers/promises';
import { cpuSeconds, residentMiB } from './process.meter.js';
import type { Progress } from './progress.js';

/** One look at the processes; `seconds` since the program was started. */
export interface Sample {
  seconds: number;
  committed: number;
  cpu: number;
  brokerCpu: number;
  residentMiB: number;
}

/** Figures of one run. CPU is user and system time of the whole process, in seconds per million source events. */
export interface RunFigures {
  events: number;
  /** Over events from the first commit after the half on: the JIT is warm. */
  cpuWarm: number;
  /** From the start of the process. */
  cpuAll: number;
  brokerCpuWarm: number;
  /** Seconds until the first commit, and CPU used until then. */
  firstCommit: number;
  startCpu: number;
  /** Seconds from the start of the process until all was committed. */
  wall: number;
  /** Source events a second: over the whole run from the process's start, and warm. */
  rateAll: number;
  rateWarm: number;
  residentMaxMiB: number;
  residentEndMiB: number;
}

const LOOK_EVERY_MS = 25;
/** Without any commit for this long it is stuck. */
const STUCK_MS = 90_000;

export interface Watched {
  /** All processes that make up the program. */
  readonly pids: readonly number[];
  readonly brokerPid: number;
  readonly progress: Progress;
  /** Rejects or resolves when the program ends, which it must not do while it is watched. */
  readonly exited: Promise<unknown>;
}

/** @param startedAt of `performance.now()` @throws Error when it ends early or gets stuck */
export async function watch(it: Watched, startedAt: number, from: number, total: number): Promise<Sample[]> {
  let ended = false;
  void it.exited.then(() => (ended = true));
  const samples: Sample[] = [];
  let moved = performance.now();
  for (let last = from; last < total; ) {
    const committed = await it.progress.committed();
    if (ended) throw new Error('it ended by itself');
    const now = performance.now();
    if (committed > last) moved = now;
    if (now - moved > STUCK_MS) throw new Error(`no commit for ${STUCK_MS / 1000} s at ${committed} of ${total}`);
    last = committed;
    samples.push({
      seconds: (now - startedAt) / 1000,
      committed,
      cpu: it.pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0),
      brokerCpu: cpuSeconds(it.brokerPid),
      residentMiB: it.pids.reduce((sum, pid) => sum + residentMiB(pid), 0),
    });
    await setTimeout(LOOK_EVERY_MS);
  }
  return samples;
}

/** @param from what was committed before the program was started */
export function figuresOf(samples: readonly Sample[], from: number): RunFigures {
  const end = samples.at(-1);
  const first = samples.find((s) => s.committed > from);
  const half = samples.find((s) => s.committed >= from + ((end?.committed ?? 0) - from) / 2);
  if (end === undefined || first === undefined || half === undefined) throw new RangeError('nothing was committed');
  const events = end.committed - from;
  const warm = end.committed - half.committed;
  const perMillion = (seconds: number, of: number): number => (of > 0 ? (seconds / of) * 1e6 : Number.NaN);
  return {
    events,
    cpuWarm: perMillion(end.cpu - half.cpu, warm),
    cpuAll: perMillion(end.cpu, events),
    brokerCpuWarm: perMillion(end.brokerCpu - half.brokerCpu, warm),
    firstCommit: first.seconds,
    startCpu: first.cpu,
    wall: end.seconds,
    rateAll: events / end.seconds,
    rateWarm: warm / (end.seconds - half.seconds),
    residentMaxMiB: Math.max(...samples.map((s) => s.residentMiB)),
    residentEndMiB: end.residentMiB,
  };
}
