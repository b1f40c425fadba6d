/** One view from take-up to stop, and what is reported of it on the way. */
import type { ViewMessage } from '@citystreams/contracts';
import { type KafkaSettings, openPartitionReader, openTransactionalWriter } from '@citystreams/kafka';
import { Logger } from '@nestjs/common';
import type { StreamsDirectory } from '../directory/streams.directory.js';
import type { ViewsDirectory } from '../directory/views.directory.js';
import { compileView, eventTypeOf, missingSchemas, ViewSchemaMissing } from '../projection/view.compiler.js';
import { viewKey } from '../projection/view-key.js';
import type { StatusPublisher } from '../status/status.publisher.js';
import { type Positions, runPipeline } from './pipeline.js';
import { keepRunning, type Run } from './run.js';
import { Trouble } from './trouble.js';
import { type ViewCounts, viewWork } from './view.work.js';

export interface ViewRunnerDeps {
  kafka: KafkaSettings;
  streams: StreamsDirectory;
  views: ViewsDirectory;
  status: StatusPublisher;
  maskSecret: Buffer;
  onFenced(error: unknown): void;
}

export class ViewRunner {
  readonly counts: ViewCounts = { read: 0, written: 0, withheld: 0, quarantined: 0 };
  private readonly log = new Logger('view');
  private readonly trouble = new Trouble((reason) => this.log.warn(`${this.view.topic} waits: ${reason}`));
  private run: Run | null = null;
  private positions: Positions = new Map();
  /** Null while it runs as it should. */
  private problem: string | null = null;
  private stopped = false;

  constructor(
    private view: ViewMessage,
    private readonly deps: ViewRunnerDeps,
  ) {}

  get topic(): string {
    return this.view.topic;
  }

  get failure(): string | null {
    return this.problem;
  }

  get isStopped(): boolean {
    return this.stopped;
  }

  start(): void {
    this.run = keepRunning({
      attempt: (signal) => this.attempt(signal),
      onFailure: (error) => this.failed(error),
      onFenced: (error) => this.deps.onFenced(error),
    });
  }

  /** The same view with other holders: nothing about the data changes, but the newer message is now in force. */
  async update(view: ViewMessage): Promise<void> {
    this.view = view;
    if (this.positions.size > 0 && this.problem === null) await this.report('running');
  }

  /** Ends writing and says where. Without a pipeline of its own it looks up where an earlier one stopped. */
  async stop(view: ViewMessage): Promise<void> {
    this.view = view;
    const last = await (this.run?.stop() ?? Promise.resolve(null));
    this.positions = last ?? (await this.lastCommitted());
    this.stopped = true;
    this.problem = null;
    await this.report('stopped');
    this.log.log(`${this.view.topic} stopped: nobody may receive it now`);
  }

  /** Ends writing without a word about the view: another process goes on with it. */
  async drain(): Promise<void> {
    await this.run?.stop();
  }

  private async attempt(signal: AbortSignal): Promise<Positions> {
    const { kafka, streams, views } = this.deps;
    const { view } = this;
    const stream = () => streams.stream(view.definition.stream);
    const schemas = () => streams.schemasOf(view.topic);
    const announced = stream();
    if (announced === undefined) throw new ViewSchemaMissing(`stream ${view.definition.stream} is not announced`);
    const missing = missingSchemas(announced, view.definition.fields, schemas());
    if (missing.length > 0)
      throw new ViewSchemaMissing(`no view schema is announced for writer schemas ${missing.join(', ')}`);
    await this.requireTopic();
    const treatment = {
      stream: view.definition.stream,
      type: eventTypeOf(announced),
      level: view.level,
      key: viewKey(this.deps.maskSecret, view.identity),
    };
    const work = viewWork({
      view,
      compiled: compileView(view, stream, schemas, treatment),
      streams,
      counts: this.counts,
      isPartitionKnown: (partition) => views.lastStatus(view.view, partition) !== undefined,
      committed: async (positions) => {
        this.positions = new Map(positions);
        this.problem = null;
        this.trouble.over();
        await this.report('running');
      },
    });
    return runPipeline(kafka, work, signal);
  }

  /** The view's topic must be there, with its source's partitions, before the view counts as taken up. */
  private async requireTopic(): Promise<void> {
    const reader = openPartitionReader(this.deps.kafka, { topic: this.view.topic });
    try {
      const partitions = await reader.partitions();
      if (partitions.length !== this.view.partitions) {
        throw new RangeError(
          `${this.view.topic} has ${partitions.length} partitions, its source has ${this.view.partitions}`,
        );
      }
    } finally {
      await reader.close();
    }
  }

  private async lastCommitted(): Promise<Positions> {
    const id = `citystreams.router.view.${this.view.view}`;
    const partitions = Array.from({ length: this.view.partitions }, (_, i) => i);
    const writer = openTransactionalWriter(this.deps.kafka, { transactionalId: id, groupId: id });
    try {
      await writer.open();
      const committed = await writer.committedOffsets(this.view.definition.stream, partitions);
      return new Map(partitions.map((p) => [p, committed.get(p) ?? 0n]));
    } finally {
      await writer.close();
    }
  }

  private failed(error: unknown): void {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    this.trouble.tell(reason);
    this.problem = reason;
    if (this.positions.size > 0)
      void this.report('failed').catch((e: unknown) => this.log.warn(`status not told: ${String(e)}`));
  }

  private report(state: 'running' | 'stopped' | 'failed'): Promise<void> {
    const { view, generation } = this.view;
    return this.deps.status.report({
      view,
      generation,
      state,
      positions: this.positions,
      counts: this.counts,
      error: this.problem,
    });
  }
}
