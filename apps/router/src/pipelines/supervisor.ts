/**
 * Compares what is announced with what runs, and closes the gap: one screening pipeline per stream, one view pipeline
 * per wanted view. Looks again after every announcement and every second, because terms end without any message.
 */
import type { StreamName, Ulid, ViewMessage } from '@citystreams/contracts';
import { Logger } from '@nestjs/common';
import { isWanted } from '../directory/views.directory.js';
import { runPipeline } from './pipeline.js';
import { keepRunning, type Run } from './run.js';
import { screeningWork } from './screening.work.js';
import { Trouble } from './trouble.js';
import { ViewRunner, type ViewRunnerDeps } from './view.runner.js';

const LOOK_AGAIN_MS = 1000;

export class PipelineSupervisor {
  private readonly log = new Logger('pipelines');
  private readonly screening = new Map<StreamName, Run>();
  private readonly runners = new Map<Ulid, { runner: ViewRunner; generation: number }>();
  private readonly settling = new Set<Ulid>();
  private ending = false;
  private loop: Promise<void> | null = null;

  constructor(private readonly deps: ViewRunnerDeps) {}

  start(): void {
    this.loop = this.keepReconciling();
  }

  /** Finishes the transactions in hand and stops; what is announced is taken up again by the next process. */
  async stop(): Promise<void> {
    this.ending = true;
    this.deps.views.changed.announce();
    await this.loop;
    await Promise.allSettled([
      ...[...this.screening.values()].map((run) => run.stop()),
      ...[...this.runners.values()].map(({ runner }) => runner.drain()),
    ]);
  }

  /** Views that should run and do not, with the reason. */
  stuck(): { topic: string; reason: string }[] {
    return [...this.runners.values()].flatMap(({ runner }) =>
      runner.failure === null ? [] : [{ topic: runner.topic, reason: runner.failure }],
    );
  }

  running(): { view: Ulid; runner: ViewRunner }[] {
    return [...this.runners].map(([view, { runner }]) => ({ view, runner }));
  }

  private async keepReconciling(): Promise<void> {
    const { streams, views } = this.deps;
    while (!this.ending) {
      const again = Promise.race([streams.changed.next(LOOK_AGAIN_MS), views.changed.next(LOOK_AGAIN_MS)]);
      for (const stream of streams.all()) this.screen(stream.stream);
      for (const view of views.all()) void this.settle(view);
      await again;
    }
  }

  private screen(stream: StreamName): void {
    if (this.screening.has(stream)) return;
    const work = screeningWork({
      stream,
      streams: this.deps.streams,
      onQuarantined: (reason, record) =>
        this.log.warn(`${stream} ${record.partition}/${record.offset} is quarantined: ${reason}`),
    });
    const trouble = new Trouble((reason) => this.log.warn(`${stream} is not screened: ${reason}`));
    const run = keepRunning({
      attempt: (signal) => runPipeline(this.deps.kafka, { ...work, committed: () => trouble.over() }, signal),
      onFailure: (error) => trouble.tell(String(error)),
      onFenced: (error) => this.deps.onFenced(error),
    });
    this.screening.set(stream, run);
  }

  /** One view's step towards what is announced. A failure is shown and tried again at the next look. */
  private async settle(view: ViewMessage): Promise<void> {
    if (this.settling.has(view.view)) return;
    this.settling.add(view.view);
    try {
      if (isWanted(view, new Date())) await this.want(view);
      else await this.unwant(view);
    } catch (error) {
      this.log.warn(`${view.topic}: ${String(error)}`);
    } finally {
      this.settling.delete(view.view);
    }
  }

  private async want(view: ViewMessage): Promise<void> {
    const held = this.runners.get(view.view);
    if (held === undefined || held.runner.isStopped) {
      const runner = new ViewRunner(view, this.deps);
      this.runners.set(view.view, { runner, generation: view.generation });
      runner.start();
    } else if (held.generation !== view.generation) {
      this.runners.set(view.view, { runner: held.runner, generation: view.generation });
      await held.runner.update(view);
    }
  }

  private async unwant(view: ViewMessage): Promise<void> {
    const held = this.runners.get(view.view);
    if (held === undefined && this.isReportedStopped(view)) return;
    if (held?.runner.isStopped === true && held.generation === view.generation) return;
    const runner = held?.runner ?? new ViewRunner(view, this.deps);
    await runner.stop(view);
    this.runners.set(view.view, { runner, generation: view.generation });
  }

  private isReportedStopped(view: ViewMessage): boolean {
    return Array.from({ length: view.partitions }, (_, p) => this.deps.views.lastStatus(view.view, p)).every(
      (status) => status?.state === 'stopped' && status.generation === view.generation,
    );
  }
}
