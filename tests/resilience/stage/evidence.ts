/** Gathers what the checker compares: sources and views as they lie in Kafka, the publishers' ledgers, the positions. */
import type { KafkaSettings } from '@citystreams/kafka';
import type { Facts, Outcome, SeenRecord, Span, ViewFacts } from '../checker/facts.js';
import type { Wire } from '../wire/connections.js';
import { idOfCeId, type Published } from './events.js';
import { LogWatcher, type PlacedRecord, readCommitted } from './log-watcher.js';
import { positionsOfView } from './positions.js';
import { quarantineOf, type SourcePlace, type StreamFixture, type Target, type ViewFixture } from './streams.js';
import type { Traffic } from './traffic.js';

type ByPartition<T> = ReadonlyMap<number, T>;

/** From where the source of a partition ends, which parts of it are to be shown. */
export type Spans = (end: bigint) => readonly Span[];

export interface Actors {
  readonly streams: readonly StreamFixture[];
  readonly views: readonly ViewFixture[];
  readonly traffic: readonly Traffic[];
}

/** One stream's source as a read_committed reader finds it. */
interface Side {
  readonly stream: StreamFixture;
  readonly source: Facts['source'];
  readonly places: ReadonlyMap<string, SourcePlace>;
  readonly ends: ByPartition<bigint>;
}

export class Evidence {
  /** Which parts of its source a view has to show, by topic and partition; without an entry all of it. */
  readonly spans = new Map<string, Map<number, Spans>>();
  private readonly watchers = new Map<string, LogWatcher>();
  /** Where the present era of a topic begins: what lies before belongs to a source that is no more. */
  private readonly eras = new Map<string, ByPartition<bigint>>();
  private readonly kept = new Map<string, readonly PlacedRecord[]>();

  constructor(
    private readonly wire: Wire,
    private readonly internal: KafkaSettings,
  ) {}

  watcher(topic: string): LogWatcher {
    const watcher = this.watchers.get(topic) ?? new LogWatcher(this.wire, topic);
    this.watchers.set(topic, watcher);
    return watcher;
  }

  async committedIn(topic: string): Promise<number> {
    const watcher = this.watcher(topic);
    await watcher.catchUp();
    return watcher.records().filter((r) => r.visibility === 'committed').length;
  }

  /** How far everything is that was looked at, as text: equal texts mean that nothing was written. */
  async ends(): Promise<string> {
    for (const watcher of this.watchers.values()) await watcher.catchUp();
    return [...this.watchers.values()].map((w) => w.ends().join()).join(';');
  }

  /** The source of these targets is another from now on: what they hold already is not compared any more. */
  async beginEra(targets: readonly Target[]): Promise<void> {
    for (const { topic } of targets) {
      const watcher = this.watcher(topic);
      await watcher.catchUp();
      this.eras.set(topic, new Map(watcher.ends().entries()));
    }
  }

  /** Remembers what lies in a source: part of it will be deleted. */
  async keepSource(stream: StreamFixture): Promise<void> {
    this.kept.set(stream.name, (await readCommitted(this.internal, stream.name)).records);
  }

  /** The topic was deleted: what is there under its name next is read from its beginning. */
  forget(topic: string): void {
    this.watchers.delete(topic);
  }

  async facts({ streams, views, traffic }: Actors): Promise<Facts> {
    const events = new Map<string, Published>();
    const ledger = new Map<string, Outcome>();
    for (const one of traffic) {
      for (const [id, event] of one.events) events.set(id, event);
      for (const [id, outcome] of one.ledger) ledger.set(id, outcome);
    }
    const sides = await Promise.all(streams.map((stream) => this.side(stream)));
    const found: ViewFacts[] = [];
    for (const side of sides) {
      const targets = [...views.filter((v) => v.stream === side.stream), quarantineOf(side.stream)];
      for (const target of targets) found.push(await this.viewFacts(target, side, events));
    }
    return { source: sides.flatMap((side) => side.source), ledger, views: found };
  }

  private async side(stream: StreamFixture): Promise<Side> {
    const { records, ends } = await readCommitted(this.internal, stream.name);
    const all = new Map<string, PlacedRecord>();
    for (const record of [...(this.kept.get(stream.name) ?? []), ...records])
      all.set(`${record.partition}/${record.offset}`, record);
    const places = new Map<string, SourcePlace>();
    const source = [...all.values()].map((record) => {
      const mark = record.headers.find(([name]) => name === 'ce_id')?.[1].toString() ?? '';
      const id = idOfCeId(mark) ?? `unreadable ${record.partition}/${record.offset}`;
      places.set(id, record);
      return { stream: stream.name, id, partition: record.partition, offset: record.offset };
    });
    return { stream, source, places, ends };
  }

  private async viewFacts(
    target: Target | ViewFixture,
    side: Side,
    events: ReadonlyMap<string, Published>,
  ): Promise<ViewFacts> {
    const { topic, stream } = target;
    const watcher = this.watcher(topic);
    const { records } = await readCommitted(this.internal, topic);
    await watcher.catchUp();
    const era = this.eras.get(topic);
    const isOfEra = (r: { partition: number; offset: bigint }): boolean => r.offset >= (era?.get(r.partition) ?? 0n);
    const limits = this.spans.get(topic);
    return {
      topic,
      stream: stream.name,
      spans: new Map([...side.ends].map(([p, end]) => [p, limits?.get(p)?.(end) ?? [{ from: 0n, to: end }]])),
      log: watcher.records().filter(isOfEra),
      committedReader: records.filter(isOfEra),
      positions: await this.positions(target),
      withheld: target.withheld,
      identify: (record: SeenRecord) => target.identify(record),
      expected(id) {
        const event = events.get(id);
        const place = side.places.get(id);
        return event === undefined || place === undefined ? null : target.expected(event, place);
      },
    };
  }

  /** Of a quarantine nobody keeps any of its own. */
  private async positions(target: Target | ViewFixture): Promise<ByPartition<bigint>> {
    if (!('message' in target)) return new Map();
    const { stream, message } = target;
    return positionsOfView(this.wire, message.view, stream.name, stream.message.partitions);
  }
}
