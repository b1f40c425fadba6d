/** Many views on many quiet streams in one process: what it costs to have them and do nothing. */
import { setTimeout } from 'node:timers/promises';
import { StreamName } from '@citystreams/contracts';
import { startRouter, untilRunning } from '../candidates/router.process.js';
import { cpuSeconds, residentMiB } from '../measuring/process.meter.js';
import { openStand, type StandOptions } from '../stand/stand.js';
import { makeStream, makeTopics } from '../stand/topics.js';
import { announce } from '../workload/announcement.js';
import { benchViews, topicOf } from '../workload/workload.js';

export interface ManyViewsPlan {
  readonly streams: number;
  readonly viewsPerStream: number;
  /** Watched for this long, after as long a rest. */
  readonly idleSeconds: number;
}

export interface ManyViews {
  /** Seconds from the start of the process until every view is reported running. */
  readonly ready: number;
  readonly residentMiB: number;
  /** Share of one core, in percent. */
  readonly idleCpuPercent: number;
}

const WRITER_IDS_FROM = 100_000;
const GRACE_MS = 20_000;

export async function manyViews(plan: ManyViewsPlan, options: StandOptions): Promise<ManyViews> {
  const stand = await openStand(options);
  try {
    const streams = Array.from({ length: plan.streams }, (_, n) => ({
      stream: StreamName.parse(`bench.order-placed-${n}`),
      schemaId: WRITER_IDS_FROM + n,
    }));
    const views = streams.flatMap(({ stream }, n) => benchViews(plan.viewsPerStream, stream, n * plan.viewsPerStream));
    for (const { stream } of streams) await makeStream(stand, stream);
    await makeTopics(stand, views.map(topicOf));
    await announce(stand, streams, views);
    options.say(`${views.length} views on ${streams.length} streams are announced`);
    const startedAt = performance.now();
    const child = await startRouter(stand, '0');
    try {
      await untilRunning(stand, views, child);
      const ready = (performance.now() - startedAt) / 1000;
      await setTimeout(plan.idleSeconds * 1000);
      const before = cpuSeconds(child.pid);
      await setTimeout(plan.idleSeconds * 1000);
      const result = {
        ready,
        residentMiB: residentMiB(child.pid),
        idleCpuPercent: ((cpuSeconds(child.pid) - before) / plan.idleSeconds) * 100,
      };
      options.say(JSON.stringify(result));
      return result;
    } finally {
      await child.stop(GRACE_MS);
    }
  } finally {
    await stand.close();
  }
}
