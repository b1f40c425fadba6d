/**
 * What one scenario plays on: fresh streams and views, publishers, routers, and at the end everything that the checker
 * compares. A stage leaves its world as it found it.
 */
import { waitUntil } from '@citystreams/testing';
import { check } from '../checker/check.js';
import type { Facts, Span, Violation } from '../checker/facts.js';
import type { Random } from '../random.js';
import type { Edit } from '../defences/defences.js';
import type { World } from '../world/world.js';
import { cleanUp, groupsOf } from './clean-up.js';
import { Control } from './control.js';
import { Effects } from './effects.js';
import { Evidence, type Spans } from './evidence.js';
import type { LogWatcher } from './log-watcher.js';
import { type RouterOptions, type RouterProcess, startRouter } from './router-process.js';
import { newStream, newView, type StreamFixture, type Target, type ViewFixture } from './streams.js';
import { SupervisedRouter } from './supervised-router.js';
import { endOpenTransactions } from './transactions.js';
import { startTraffic, type Traffic, type TrafficOptions } from './traffic.js';

export interface Judgement {
  readonly violations: readonly Violation[];
  readonly events: number;
  readonly written: number;
  readonly aborted: number;
}

/** A time that is recorded with the play. */
export interface Measure {
  readonly what: string;
  readonly ms: number;
}

const PARTITIONS = 3;
const ROUTER = 'citystreams.router';
const FINISH_MS = 90_000;
const QUIET_MS = 1_000;
/** Behind every offset. */
const FAR = 2n ** 62n;

export class Stage {
  readonly effects: Effects;
  readonly control: Control;
  readonly streams: StreamFixture[];
  readonly views: ViewFixture[] = [];
  readonly routers: RouterProcess[] = [];
  readonly measures: Measure[] = [];
  readonly evidence: Evidence;
  traffic: Traffic[] = [];
  private readonly supervised: SupervisedRouter[] = [];
  private readonly found: Violation[] = [];
  private nextSchemaId = 1000;

  private constructor(
    readonly world: World,
    readonly random: Random,
    /** What is taken out of every router here. */
    private readonly sabotage: readonly Edit[],
  ) {
    this.effects = new Effects(sabotage.length > 0);
    this.control = new Control(world);
    this.evidence = new Evidence(world.wire, world.internal);
    const agency = `r${random.seed.toString(36)}`;
    this.streams = (['L2', 'L3'] as const).map((level) =>
      newStream(`${agency}.meters-${level.toLowerCase()}`, {
        level,
        partitions: PARTITIONS,
        schemaId: this.nextSchemaId++,
      }),
    );
  }

  /** Two streams, four views: everything of one, a filtered one without a key, one with time, and a sealed one. */
  static async open(world: World, random: Random, sabotage: readonly Edit[] = []): Promise<Stage> {
    const stage = new Stage(world, random, sabotage);
    for (const stream of stage.streams) await stage.control.addStream(stream);
    await stage.addView(stage.open, { fields: ['eventId', 'sequence', 'district', 'reading'] });
    await stage.addView(stage.open, { fields: ['sequence', 'reading'], district: 'north' });
    await stage.addView(stage.open, { fields: ['eventId', 'occurredAt'] });
    await stage.addView(stage.sealed, { fields: ['eventId', 'sequence', 'occurredAt'] });
    return stage;
  }

  get open(): StreamFixture {
    return this.streams[0] as StreamFixture;
  }

  get sealed(): StreamFixture {
    return this.streams[1] as StreamFixture;
  }

  async addView(stream: StreamFixture, options: Omit<Parameters<typeof newView>[2], 'schemaId'>): Promise<ViewFixture> {
    const random = this.random.fork(`view ${this.views.length}`);
    const view = newView(stream, random, { ...options, schemaId: this.nextSchemaId++ });
    await this.control.addView(view);
    this.views.push(view);
    return view;
  }

  async startRouter(options: RouterOptions = {}): Promise<RouterProcess> {
    const { sabotage } = this;
    const router = await startRouter(
      this.world,
      sabotage.length === 0
        ? options
        : {
            ...options,
            preload: ['sabotage', ...(options.preload ?? [])],
            env: { ...options.env, SABOTAGE: JSON.stringify(sabotage) },
          },
    );
    this.routers.push(router);
    return router;
  }

  /** One that is started again whenever it ends by itself. */
  async keepRouter(options?: RouterOptions): Promise<SupervisedRouter> {
    const router = await SupervisedRouter.begin(() => this.startRouter(options));
    this.supervised.push(router);
    return router;
  }

  startTraffic(options: Partial<TrafficOptions> = {}): void {
    const streams = options.stream === undefined ? this.streams : [options.stream];
    for (const stream of streams)
      this.traffic.push(startTraffic(this.world.wire, { random: this.random, ...options, stream }));
  }

  /** Consumer groups in which routers keep positions. */
  async routerGroups(): Promise<string[]> {
    return (await groupsOf(this.world.wire)).map(({ id }) => id).filter((id) => id.startsWith(ROUTER));
  }

  async stopTraffic(): Promise<void> {
    await Promise.all(this.traffic.map((t) => t.stop()));
  }

  watcher(topic: string): LogWatcher {
    return this.evidence.watcher(topic);
  }

  async committedIn(target: Target): Promise<number> {
    return this.evidence.committedIn(target.topic);
  }

  /** Until every one of these views (default: all) has that many more committed records than now. */
  async untilFlowing(more = 20, views: readonly ViewFixture[] = this.views, timeoutMs = 60_000): Promise<void> {
    await Promise.all(
      views.map(async (view) => {
        const before = await this.committedIn(view);
        const flows = async () => (await this.committedIn(view)) >= before + more;
        await waitUntil(`${view.topic} has ${more} records more than ${before}`, flows, {
          timeoutMs,
          intervalMs: 100,
        });
      }),
    );
  }

  /** Stops the publishers, waits until the routers have nothing left to do or too long, and judges. */
  async finish({ timeoutMs = FINISH_MS }: { timeoutMs?: number } = {}): Promise<Judgement> {
    await this.stopTraffic();
    const patience = waitUntil('the routers are done', async () => (await this.unfinished()).length === 0, {
      timeoutMs,
      intervalMs: 500,
    });
    // Too late is for the checker to say: it tells what is missing.
    await patience.catch(() => undefined);
    await this.untilQuiet();
    return this.judge();
  }

  /** What lies there now, judged. Nothing may be under way: stop traffic and routers, or wait until they are done. */
  async judge(): Promise<Judgement> {
    const facts = await this.facts();
    const logs = facts.views.flatMap((view) => view.log);
    return {
      violations: [...this.found, ...check(facts)],
      events: facts.source.length,
      written: logs.filter((r) => r.visibility === 'committed').length,
      aborted: logs.filter((r) => r.visibility === 'aborted').length,
    };
  }

  /**
   * What a crash left behind, before anybody goes on: pending transactions are ended as the next router would, and then
   * every committed position must stand exactly behind the outputs that are visible. No router may run.
   */
  async autopsy(): Promise<void> {
    await endOpenTransactions(this.world.wire);
    const violations = check(await this.facts());
    // Publishers go on, so the rest of the source is still to come.
    this.note(violations.filter(({ kind }) => kind !== 'LOSS' && kind !== 'LEDGER'));
  }

  /** Violations that were seen on the way. */
  note(violations: readonly Violation[]): void {
    this.found.push(...violations);
  }

  /** The stream's source is another now: what was published before is not compared any more. */
  dropTraffic(stream: StreamFixture): void {
    this.traffic = this.traffic.filter((t) => t.stream !== stream);
  }

  /** Which parts of a partition a view has to show; they may depend on where its source ends in the end. */
  setSpans(target: Target, partition: number, spans: Spans): void {
    const { spans: all } = this.evidence;
    all.set(target.topic, new Map(all.get(target.topic)).set(partition, spans));
  }

  spansOf(target: Target, partition: number): readonly Span[] {
    return this.evidence.spans.get(target.topic)?.get(partition)?.(FAR) ?? [];
  }

  /** Violations that mean that something is still to come. */
  async unfinished(): Promise<Violation[]> {
    const pending = new Set(['LOSS', 'POSITION_BEHIND', 'ISOLATION']);
    return check(await this.facts()).filter(({ kind }) => pending.has(kind));
  }

  private async untilQuiet(): Promise<void> {
    let last = '';
    let since = performance.now();
    await waitUntil(
      'nothing more is written',
      async () => {
        const now = await this.evidence.ends();
        if (now !== last) since = performance.now();
        last = now;
        return performance.now() - since > QUIET_MS;
      },
      { timeoutMs: 30_000, intervalMs: 100 },
    );
  }

  private facts(): Promise<Facts> {
    return this.evidence.facts(this);
  }

  /** Ends every process of the stage, and removes its topics, groups and announcements. */
  async close(): Promise<void> {
    this.world.proxy.clear();
    this.world.proxy.refuse(false);
    await Promise.all(this.supervised.map((s) => s.release()));
    await Promise.all(this.traffic.map((t) => t.stop()));
    await Promise.all(this.routers.map((r) => r.dispose()));
    await cleanUp(this.world, this.control.admin);
    await this.control.close();
  }
}
