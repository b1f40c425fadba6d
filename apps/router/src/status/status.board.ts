import {
  CONTROL_TOPICS,
  ROUTER_BEAT_MS,
  type RouterBeatMessage,
  type RouterStatusMessage,
  type ViewStatusMessage,
} from '@citystreams/contracts';
import type { OutgoingRecord, RecordProducer } from '@citystreams/kafka';
import { Logger } from '@nestjs/common';
import type { ReportsDirectory } from '../directory/reports.directory.js';
import type { PartitionDesk } from '../readings/partition.desk.js';
import type { StuckPartition } from '../tenure/tenure.js';
import type { ViewTroubles } from '../views/view.troubles.js';
import {
  beatMessage,
  lostStatus,
  partitionStatus,
  type RoutingState,
  stuckStatus,
  type Teller,
  viewStatuses,
} from './status.messages.js';

const EVERY_MS = 1_000;

export interface StatusBoardDeps {
  readonly producer: RecordProducer;
  readonly slot: string;
  readonly troubles: ViewTroubles;
  readonly reports: ReportsDirectory;
  readonly routing: () => RoutingState;
  readonly desks: () => Iterable<PartitionDesk>;
}

/**
 * Tells `citystreams.view-status` and `citystreams.router-status` what this router really does. A change of state,
 * generation or trouble is told at once, a position that moved once a second; that this router is there, every
 * `ROUTER_BEAT_MS`.
 */
export class StatusBoard {
  private readonly log = new Logger('status');
  /** By topic and key, what of the last message was news. */
  private readonly told = new Map<string, string>();
  private readonly moved = new Set<PartitionDesk>();
  private readonly startedAt = new Date();
  private timers: NodeJS.Timeout[] = [];
  private readonly transactionMs = new WeakMap<PartitionDesk, number>();

  constructor(private readonly deps: StatusBoardDeps) {}

  start(): void {
    this.timers = [setInterval(() => this.tellMoved(), EVERY_MS), setInterval(() => this.beat(), ROUTER_BEAT_MS)];
    this.beat();
  }

  /** After the partitions were given to the others. */
  stop(): void {
    for (const timer of this.timers) clearInterval(timer);
    this.tellMoved();
    this.sendBeat({ ...this.beatNow(), state: 'drained', detail: null, partitions: 0, troubles: [] });
  }

  /** Partitions were taken up: whoever had them before may have told the same of them. */
  tookUp(): void {
    this.told.clear();
    this.beat();
  }

  /** A transaction has committed something of these partitions. */
  committed(desks: readonly PartitionDesk[], ms: number): void {
    for (const desk of desks) {
      this.transactionMs.set(desk, ms);
      this.moved.add(desk);
    }
    this.tell(desks);
  }

  /** Tells what is news of partitions, whether anything of them moved or not. */
  tell(desks: Iterable<PartitionDesk>): void {
    const teller = this.teller();
    const records: OutgoingRecord[] = [];
    for (const desk of desks) records.push(...this.recordsOf(desk, teller, 'news'));
    this.send(records);
  }

  tellStuck(stuck: Iterable<StuckPartition>): void {
    const teller = this.teller();
    const records: OutgoingRecord[] = [];
    for (const one of stuck) {
      // What was never committed is never told: a partition that is told of is never begun anew by itself.
      const before = this.deps.reports.ofPartition(one.stream, one.partition);
      if (before !== undefined)
        records.push(...this.partitionRecord(stuckStatus(one, before.position, teller), 'news'));
    }
    this.send(records);
  }

  private tellMoved(): void {
    const teller = this.teller();
    const records = [...this.moved].flatMap((desk) => this.recordsOf(desk, teller, 'all'));
    this.moved.clear();
    this.send(records);
  }

  /** What tells of a partition now. */
  teller(): Teller {
    const { slot, troubles } = this.deps;
    const transactionMsOf: Teller['transactionMsOf'] = (desk) => this.transactionMs.get(desk) ?? 0;
    return { slot, now: new Date(), transactionMsOf, troubleOf: (view) => troubles.of(view) };
  }

  /** Also what is news where nothing moves: a view that is stuck on a quiet partition. */
  private beat(): void {
    this.tell(this.deps.desks());
    this.sendBeat(this.beatNow());
  }

  private beatNow(): RouterBeatMessage {
    const { slot, troubles, routing } = this.deps;
    const told = troubles.all().filter(({ isTold }) => isTold);
    return beatMessage(routing(), told, this.startedAt, { slot, now: new Date() });
  }

  private sendBeat(beat: RouterBeatMessage): void {
    const key = Buffer.from(`router/${beat.slot}`);
    this.send([{ topic: CONTROL_TOPICS.routerStatus, key, value: Buffer.from(JSON.stringify(beat)), headers: [] }]);
  }

  private recordsOf(desk: PartitionDesk, teller: Teller, what: 'news' | 'all'): OutgoingRecord[] {
    if (!desk.ledger.isStored) return [];
    const { partition } = desk.place;
    const lost = [...desk.lost.keys()].flatMap((view) => {
      const before = this.deps.reports.ofView(view, partition);
      return before === undefined ? [] : [lostStatus(before, teller)];
    });
    return [
      ...this.partitionRecord(partitionStatus(desk, teller), what),
      ...[...viewStatuses(desk, teller), ...lost].flatMap((status) => this.viewRecord(status, what)),
    ];
  }

  private partitionRecord(status: RouterStatusMessage, what: 'news' | 'all'): OutgoingRecord[] {
    const { state, trouble, detail, topicId } = status;
    const key = `${status.stream}/${status.partition}`;
    return this.record(CONTROL_TOPICS.routerStatus, key, [state, trouble, detail, topicId], status, what);
  }

  private viewRecord(status: ViewStatusMessage, what: 'news' | 'all'): OutgoingRecord[] {
    const { generation, state, error, since, reading } = status;
    const key = `${status.view}/${status.partition}`;
    return this.record(CONTROL_TOPICS.viewStatus, key, [generation, state, error, since, reading], status, what);
  }

  private record(topic: string, key: string, news: unknown[], status: object, what: 'news' | 'all'): OutgoingRecord[] {
    const name = `${topic} ${key}`;
    const text = JSON.stringify(news);
    if (what === 'news' && this.told.get(name) === text) return [];
    this.told.set(name, text);
    return [{ topic, key: Buffer.from(key), value: Buffer.from(JSON.stringify(status)), headers: [] }];
  }

  private send(records: OutgoingRecord[]): void {
    if (records.length === 0) return;
    this.deps.producer
      .send(records)
      .catch((error: unknown) => this.log.warn(`${records.length} reports could not be told: ${String(error)}`));
  }
}
