/**
 * What one scenario plays on: fresh streams and views, publishers, routers, and at the end everything that the checker
 * compares. A stage leaves its world as it found it.
 */
import { deleteGroupsV2, describeGroupsV5, leaveGroupV5, listGroupsV5 } from '@platformatic/kafka';
import { bootstrapKafka } from '@citystreams/stack';
import { waitUntil } from '@citystreams/testing';
import { check } from '../checker/check.js';
import type { Facts, Outcome, Span, ViewFacts, Violation } from '../checker/facts.js';
import type { Random } from '../random.js';
import type { World } from '../world/world.js';
import { Control, routerRule } from './control.js';
import { Effects } from './effects.js';
import { idOfCeId, type Published } from './events.js';
import { LogWatcher, readCommitted } from './log-watcher.js';
import { positionsOfView } from './positions.js';
import { type RouterOptions, type RouterProcess, startRouter } from './router-process.js';
import {
  newStream,
  newView,
  quarantineOf,
  type SourcePlace,
  type StreamFixture,
  type Target,
  type ViewFixture,
} from './streams.js';
import { SupervisedRouter } from './supervised-router.js';
import { endOpenTransactions } from './transactions.js';
import { startTraffic, type Traffic, type TrafficOptions } from './traffic.js';

export interface Judgement {
  readonly violations: readonly Violation[];
  readonly events: number;
  readonly written: number;
  readonly aborted: number;
}

const PARTITIONS = 3;
const ROUTER = 'citystreams.router';
const FINISH_MS = 90_000;
const QUIET_MS = 1_000;

export class Stage {
  readonly effects = new Effects();
  readonly control: Control;
  readonly streams: StreamFixture[];
  readonly views: ViewFixture[] = [];
  readonly routers: RouterProcess[] = [];
  /** Where a view begins or ends if not at the ends of its source, by view topic and partition. */
  readonly spans = new Map<string, Map<number, Partial<Span>>>();
  private readonly supervised: SupervisedRouter[] = [];
  private readonly watchers = new Map<string, LogWatcher>();
  private readonly traffic: Traffic[] = [];
  private readonly found: Violation[] = [];
  private nextSchemaId = 1000;

  private constructor(
    readonly world: World,
    readonly random: Random,
  ) {
    this.control = new Control(world);
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
  static async open(world: World, random: Random): Promise<Stage> {
    const stage = new Stage(world, random);
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

  async startRouter(options?: RouterOptions): Promise<RouterProcess> {
    const router = await startRouter(this.world, options);
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
    const { wire } = this.world;
    const lists = await Promise.all((await wire.nodeIds()).map((node) => wire.node(node, listGroupsV5.api, [], [])));
    return lists.flatMap(({ groups }) => groups.map(({ groupId }) => groupId)).filter((id) => id.startsWith(ROUTER));
  }

  async stopTraffic(): Promise<void> {
    await Promise.all(this.traffic.map((t) => t.stop()));
  }

  watcher(topic: string): LogWatcher {
    const watcher = this.watchers.get(topic) ?? new LogWatcher(this.world.wire, topic);
    this.watchers.set(topic, watcher);
    return watcher;
  }

  async committedIn(target: Target): Promise<number> {
    const watcher = this.watcher(target.topic);
    await watcher.catchUp();
    return watcher.records().filter((r) => r.visibility === 'committed').length;
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
      intervalMs: 250,
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
    this.found.push(...violations.filter(({ kind }) => kind !== 'LOSS' && kind !== 'LEDGER'));
  }

  /** Violations that mean that something is still to come. */
  private async unfinished(): Promise<Violation[]> {
    const pending = new Set(['LOSS', 'POSITION_BEHIND', 'ISOLATION']);
    return check(await this.facts()).filter(({ kind }) => pending.has(kind));
  }

  private async untilQuiet(): Promise<void> {
    let last = '';
    let since = performance.now();
    await waitUntil(
      'nothing more is written',
      async () => {
        for (const watcher of this.watchers.values()) await watcher.catchUp();
        const now = [...this.watchers.values()].map((w) => w.ends().join()).join(';');
        if (now !== last) since = performance.now();
        last = now;
        return performance.now() - since > QUIET_MS;
      },
      { timeoutMs: 30_000, intervalMs: 100 },
    );
  }

  private async facts(): Promise<Facts> {
    const events = new Map<string, Published>();
    const ledger = new Map<string, Outcome>();
    for (const traffic of this.traffic) {
      for (const [id, event] of traffic.events) events.set(id, event);
      for (const [id, outcome] of traffic.ledger) ledger.set(id, outcome);
    }
    const views: ViewFacts[] = [];
    const source: Facts['source'][number][] = [];
    const sides = await Promise.all(this.streams.map((stream) => this.sideOf(stream)));
    for (const side of sides) {
      source.push(...side.source);
      const targets = [...this.views.filter((v) => v.stream === side.stream), quarantineOf(side.stream)];
      for (const target of targets) views.push(await this.viewFacts(target, side, events));
    }
    return { source, ledger, views };
  }

  private async sideOf(stream: StreamFixture): Promise<SourceSide> {
    const { records, ends } = await readCommitted(this.world.internal, stream.name);
    const places = new Map<string, SourcePlace>();
    const source = records.map((record) => {
      const mark = record.headers.find(([name]) => name === 'ce_id')?.[1].toString() ?? '';
      const id = idOfCeId(mark) ?? `unreadable ${record.partition}/${record.offset}`;
      places.set(id, record);
      return { id, partition: record.partition, offset: record.offset, stream: stream.name };
    });
    return { stream, source, places, ends };
  }

  private async viewFacts(
    target: Target | ViewFixture,
    side: SourceSide,
    events: ReadonlyMap<string, Published>,
  ): Promise<ViewFacts> {
    const watcher = this.watcher(target.topic);
    await watcher.catchUp();
    const { records } = await readCommitted(this.world.internal, target.topic);
    await watcher.catchUp();
    const { partitions } = target.stream.message;
    const limits = this.spans.get(target.topic);
    const spans = new Map(
      [...side.ends].map(([partition, end]) => {
        const limit = limits?.get(partition);
        return [partition, { from: limit?.from ?? 0n, to: limit?.to ?? end }];
      }),
    );
    const positions =
      'message' in target
        ? await positionsOfView(this.world.wire, target.message.view, target.stream.name, partitions)
        : new Map<number, bigint>();
    return {
      topic: target.topic,
      stream: target.stream.name,
      spans,
      log: watcher.records(),
      committedReader: records,
      positions,
      withheld: target.withheld,
      identify: (record) => target.identify(record),
      expected(id) {
        const event = events.get(id);
        const place = side.places.get(id);
        return event === undefined || place === undefined ? null : target.expected(event, place);
      },
    };
  }

  /** Ends every process of the stage, and removes its topics, groups and announcements. */
  async close(): Promise<void> {
    this.world.proxy.clear();
    this.world.proxy.refuse(false);
    await Promise.all(this.supervised.map((s) => s.release()));
    await Promise.all(this.traffic.map((t) => t.stop()));
    await Promise.all(this.routers.map((r) => r.dispose()));
    const { admin } = this.control;
    for (const { topic } of this.views) await admin.removeRules([routerRule(topic, 'write', 'deny')]);
    for (const { name } of this.streams) await admin.removeRules([routerRule(name, 'read', 'deny')]);
    for (const topic of await admin.topicNames()) await admin.deleteTopic(topic);
    await this.forgetGroups();
    await waitUntil('the topics are gone', async () => (await admin.topicNames()).length === 0);
    await this.control.close();
    await bootstrapKafka(this.world.internal);
  }

  /** A static member that was killed would keep its place in the next stage's group. */
  private async forgetGroups(): Promise<void> {
    const { wire } = this.world;
    for (const node of await wire.nodeIds()) {
      const { groups } = await wire.node(node, listGroupsV5.api, [], []);
      for (const { groupId } of groups) {
        const described = await wire.coordinator('group', groupId, describeGroupsV5.api, [groupId], false);
        const members = described.groups[0]?.members ?? [];
        const leaving = members.map(({ memberId, groupInstanceId }) => ({ memberId, groupInstanceId }));
        if (leaving.length > 0) await wire.coordinator('group', groupId, leaveGroupV5.api, groupId, leaving);
        await wire.coordinator('group', groupId, deleteGroupsV2.api, [groupId]);
      }
    }
  }
}

interface SourceSide {
  readonly stream: StreamFixture;
  readonly source: Facts['source'];
  readonly places: ReadonlyMap<string, SourcePlace>;
  readonly ends: ReadonlyMap<number, bigint>;
}
