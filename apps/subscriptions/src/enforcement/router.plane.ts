/** What the last reports of a view's partitions say of one generation of it. Pure. */
import type { ViewStatusMessage } from '@citystreams/contracts';
import { other, type PlaneAnswer, wanted } from './plane-answer.js';

export type Reports = ReadonlyMap<number, ViewStatusMessage>;

/** Where the router stands with every partition: `running` or `stopped` under this generation or a later one. */
export function routerAnswer(
  reports: Reports,
  partitions: number,
  generation: number,
  state: 'running' | 'stopped',
  now: Date,
): PlaneAnswer {
  for (let partition = 0; partition < partitions; partition += 1) {
    const report = reports.get(partition);
    const where = `partition ${partition}`;
    if (report === undefined) return other('router', now, `no router has reported ${where}`);
    if (report.generation < generation) {
      return other('router', now, `${where} is at generation ${report.generation}, wanted is ${generation}`);
    }
    if (report.state !== state) {
      return other('router', now, `${where} is ${report.state}${report.error === null ? '' : `: ${report.error}`}`);
    }
  }
  return wanted('router', now);
}

/** Source offsets at which the view stopped. Empty where it runs on for others. */
export function stoppedAt(reports: Reports): { partition: number; stoppedAt: string }[] {
  return [...reports.values()]
    .filter((r) => r.state === 'stopped')
    .map((r) => ({ partition: r.partition, stoppedAt: r.stoppedAt ?? r.position }))
    .sort((a, b) => a.partition - b.partition);
}

/** When the last partition stopped. */
export const lastStop = (reports: Reports): Date =>
  new Date(Math.max(0, ...[...reports.values()].map((r) => Date.parse(r.at))));
