import type { Ulid, ViewMessage, ViewStatusMessage } from '@citystreams/contracts';
import type { DataPath, OffsetPlace } from '@citystreams/kafka';
import type { ReportsDirectory } from '../directory/reports.directory.js';
import { isWanted, type ViewsDirectory } from '../directory/views.directory.js';
import type { PositionStore } from '../positions/position.store.js';
import { ViewFault } from '../projection/view.fault.js';
import type { PartitionDesk } from '../readings/partition.desk.js';
import { seatAnew, type SeatFacts, seatOf } from '../seats/opening.js';
import type { SeatWish, Settling } from './settling.js';

export interface SeatFinderDeps {
  readonly path: Pick<DataPath, 'describeTopics' | 'listOffsets'>;
  readonly positions: PositionStore;
  readonly views: ViewsDirectory;
  readonly reports: ReportsDirectory;
  readonly settling: Settling;
  readonly onOver: (view: Ulid) => void;
  readonly onFault: (fault: ViewFault) => void;
}

/**
 * Finds the seats of views: first the one that is committed, else where the view begins. What it finds out is put into
 * the ledgers at the end, in one go, unless the assignment is over by then.
 */
export class SeatFinder {
  constructor(private readonly deps: SeatFinderDeps) {}

  /** Looks for committed seats. Throws `KafkaFailure`, `UnreadableMark`. */
  async lookUp(wishes: readonly SeatWish[], isOver: () => boolean): Promise<void> {
    const open = wishes.filter(({ desk, view }) => !desk.lookedUp.has(view));
    await Promise.all(
      [...byView(open)].map(async ([id, desks]) => {
        const view = this.deps.views.view(id);
        if (view === undefined) return;
        const { stream } = view.definition;
        const partitions = desks.map((desk) => desk.place.partition);
        const stored = await this.deps.positions.seats(id, stream, partitions);
        const without = partitions.filter((p) => (stored.get(p) ?? null) === null);
        const first = without.length === 0 ? null : await this.deps.positions.firstPipeline(id, stream, without);
        if (isOver()) return;
        for (const desk of desks) this.#restore(desk, view, stored, first);
      }),
    );
  }

  /** Gives each view that is wanted and ready a seat where it begins, or another try. Throws `KafkaFailure`. */
  async begin(wishes: readonly SeatWish[], isOver: () => boolean): Promise<void> {
    const ready = await this.#ready([...byView(wishes)]);
    await Promise.all(
      ready.map(async ([view, desks]) => {
        const { stream } = view.definition;
        if (isOver()) return;
        const isEjected = (desk: PartitionDesk): boolean => desk.ledger.seats.get(view.view)?.state === 'ejected';
        for (const desk of desks.filter(isEjected)) this.deps.settling.tryAgain(desk, view.view);
        const partitions = desks.filter((desk) => !isEjected(desk)).map((desk) => desk.place.partition);
        if (partitions.length === 0) return;
        const starts = await this.deps.path.listOffsets(stream, partitions, beginningOf(view));
        if (isOver()) return;
        for (const desk of desks) this.#begin(desk, view.view, starts.get(desk.place.partition));
      }),
    );
  }

  #restore(
    desk: PartitionDesk,
    view: ViewMessage,
    stored: Awaited<ReturnType<PositionStore['seats']>>,
    first: ReadonlyMap<number, number | null> | null,
  ): void {
    const { partition, topicId } = desk.place;
    const report = this.deps.reports.ofView(view.view, partition);
    const facts: SeatFacts = {
      topicId,
      stored: stored.get(partition) ?? null,
      reported: report === undefined ? null : { stoppedAt: stoppedAt(report), topicId: report.topicId },
      firstRouter: first?.get(partition) ?? null,
      generation: report?.generation ?? view.generation,
    };
    desk.lookedUp.add(view.view);
    if (desk.isAnew) {
      const seat = seatAnew(facts, desk.openedAt);
      if (seat !== null) desk.ledger.seatAnew(view.view, seat);
      return;
    }
    const found = seatOf(facts);
    // An adopted view that is found after the shared reading went on without it: where it should be, nobody knows.
    const isPassed = typeof found === 'object' && found.state === 'adopted' && desk.ledger.shared !== desk.openedAt;
    if (found === 'lost' || isPassed) this.#lose(desk, view, report);
    else if (found !== 'new') desk.ledger.restore(view.view, found);
  }

  /** The view waits for an order, unless there is one that nobody has carried out. */
  #lose(desk: PartitionDesk, view: ViewMessage, report: ViewStatusMessage | undefined): void {
    const { partition } = desk.place;
    const detail = `it was written before, and its position in partition ${partition} is gone`;
    this.deps.onFault(new ViewFault(view.view, 'POSITION_LOST', detail));
    desk.lost.set(view.view, report === undefined ? 0 : Date.parse(report.at));
  }

  /** Views that can be begun: compiled, with a topic that has room for each partition. */
  async #ready(wanted: [Ulid, PartitionDesk[]][]): Promise<[ViewMessage, PartitionDesk[]][]> {
    const compiled = wanted.flatMap(([id, desks]) => {
      const view = this.deps.views.view(id);
      if (view === undefined || this.deps.settling.program(view) === null) return [];
      return [[view, desks] as [ViewMessage, PartitionDesk[]]];
    });
    if (compiled.length === 0) return [];
    const topics = await this.deps.path.describeTopics(compiled.map(([view]) => view.topic));
    return compiled.filter(([view, desks]) => {
      const topic = topics.get(view.topic);
      const most = Math.max(...desks.map((desk) => desk.place.partition));
      if (topic !== undefined && !(topic instanceof Error) && topic.partitions > most) return true;
      const why =
        topic instanceof Error ? topic.message : `it has ${topic?.partitions ?? 0} partitions, not ${most + 1}`;
      this.deps.onFault(new ViewFault(view.view, 'TOPIC_MISSING', `${view.topic} is not ready: ${why}`));
      return false;
    });
  }

  #begin(desk: PartitionDesk, id: Ulid, start: number | undefined): void {
    const view = this.deps.views.view(id);
    const seat = desk.ledger.seats.get(id);
    if (view === undefined || start === undefined || !isWanted(view, Date.now())) return;
    if (seat !== undefined && seat.state !== 'stopped') return;
    const program = this.deps.settling.program(view);
    if (program === null) return;
    desk.ledger.begin(id, Math.max(start, seat?.position ?? 0), view.generation);
    this.deps.settling.seat(desk, view, program);
    this.deps.onOver(id);
  }
}

const stoppedAt = ({ state, stoppedAt: at, position }: ViewStatusMessage): number | null =>
  state === 'stopped' ? Number(at ?? position) : null;

/** Where a view begins: at its replay right, or, without history, at what comes next. */
function beginningOf(view: ViewMessage): OffsetPlace {
  if (view.definition.history === 'from-grant') return 'latest';
  return view.replayFrom === null ? 'earliest' : { timestamp: Date.parse(view.replayFrom) };
}

function byView(wishes: readonly SeatWish[]): Map<Ulid, PartitionDesk[]> {
  const found = new Map<Ulid, PartitionDesk[]>();
  for (const { desk, view } of wishes) found.set(view, [...(found.get(view) ?? []), desk]);
  return found;
}
