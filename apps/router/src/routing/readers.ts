import type { StreamName } from '@citystreams/contracts';
import type { DataPath, Fetcher, KafkaFailure } from '@citystreams/kafka';
import { Logger } from '@nestjs/common';
import type { ViewFault } from '../projection/view.fault.js';
import { CatchUpLane } from '../readings/catch.up.lane.js';
import type { LaneHost } from '../readings/lane.host.js';
import type { PartitionDesk } from '../readings/partition.desk.js';
import { SharedLane } from '../readings/shared.lane.js';
import type { Tenure } from '../tenure/tenure.js';
import type { Gate } from './gate.js';

/** How often readings that rest, stand still or met the bound of what may be in hand are looked at. */
const LOOK_MS = 20;
/** Also how long a reading that stood still may wait for a fetch under way that is not for it. */
const FETCH_WAIT_MS = 250;
const LEAST_PARTITION_BYTES = 64 << 10;

export interface ReaderLimits {
  readonly answerBytes: number;
  readonly mostDecompressedBytes: number;
}

export interface ReadersHost {
  /** Something can be committed. */
  moved(): void;
  viewFailed(desk: PartitionDesk, fault: ViewFault): void;
  /** The partition's trouble is another than before, or over. */
  sourceTroubled(desk: PartitionDesk): void;
  /** A term of a view may have begun or ended. Called before each answer is taken. */
  settleWhenDue(): void;
}

/** Both lanes of fetching over the partitions of the present tenure. */
export class Readers implements LaneHost {
  private readonly log = new Logger('readings');
  readonly #shared: Fetcher;
  readonly #catchUp: Fetcher;
  readonly #timer: NodeJS.Timeout;
  #tenure: Tenure | null = null;

  constructor(
    path: Pick<DataPath, 'openFetcher'>,
    limits: ReaderLimits,
    private readonly gate: Gate,
    private readonly host: ReadersHost,
  ) {
    const { answerBytes, mostDecompressedBytes } = limits;
    const partitionBytes = Math.max(Math.min(answerBytes, 1 << 20), LEAST_PARTITION_BYTES);
    const bounds = { maxWaitMs: FETCH_WAIT_MS, mostDecompressedBytes, answerBytes, partitionBytes };
    this.#shared = path.openFetcher(new SharedLane(this), bounds);
    this.#catchUp = path.openFetcher(new CatchUpLane(this), { ...bounds, answerBytes: Math.ceil(answerBytes / 2) });
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  /** Reads these partitions from now on; null: none. */
  read(tenure: Tenure | null): void {
    this.#tenure = tenure;
    this.wake();
  }

  wake(): void {
    this.#shared.wake();
    this.#catchUp.wake();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#tenure = null;
    await Promise.all([this.#shared.close(), this.#catchUp.close()]);
  }

  desks(): Iterable<PartitionDesk> {
    return this.#tenure?.desks() ?? [];
  }

  desk(stream: StreamName, partition: number): PartitionDesk | undefined {
    return this.#tenure?.desk(stream, partition);
  }

  mayFetch(): boolean {
    this.host.settleWhenDue();
    return this.gate.isOpen();
  }

  /** Also beyond the bound: what was fetched is here, and at most an answer of each lane. */
  mayTake(): boolean {
    this.host.settleWhenDue();
    return !this.gate.isFrozen;
  }

  room(): number {
    return this.gate.room;
  }

  came(bytes: number): void {
    this.gate.read(bytes);
  }

  waitingChanged(desk: PartitionDesk): void {
    this.host.sourceTroubled(desk);
  }

  moved(): void {
    this.host.moved();
  }

  viewFailed(desk: PartitionDesk, fault: ViewFault): void {
    this.gate.freeze();
    this.host.viewFailed(desk, fault);
  }

  sourceFailed(desk: PartitionDesk, failure: KafkaFailure | null): void {
    const { stream, partition } = desk.place;
    if (failure === null) {
      if (desk.trouble?.code !== 'UNREADABLE') return;
      desk.trouble = null;
      this.host.sourceTroubled(desk);
      this.log.log(`${stream}/${partition} is read again`);
      return;
    }
    const { code, message, retriable } = failure;
    const isLost = code === 'OFFSET_OUT_OF_RANGE';
    const isGone = code === 'UNKNOWN_TOPIC' && !retriable;
    const before = desk.trouble;
    const trouble = isLost ? 'OFFSET_OUT_OF_RANGE' : isGone ? 'TOPIC_RECREATED' : 'UNREADABLE';
    desk.trouble = { code: trouble, detail: `${code}: ${message}`, isFinal: isLost || isGone };
    if (before?.code === trouble) return;
    this.log.error(`${stream}/${partition} is not read: ${trouble}: ${message}`);
    this.host.sourceTroubled(desk);
  }

  #look(): void {
    if (this.#tenure === null || this.gate.isFrozen) return;
    if (this.gate.isFull) return this.wake();
    const now = performance.now();
    for (const { shared, own, holdsUntil } of this.#tenure.desks()) {
      if (isJustOver(shared.restsUntil, now) || isJustOver(holdsUntil, now)) return this.wake();
      for (const reading of own.all()) if (isJustOver(reading.restsUntil, now)) return this.wake();
    }
  }
}

/** Rather too often than never: the timer may be late, or come twice within the time. */
const isJustOver = (time: number, now: number): boolean => time <= now && now - time < 10 * LOOK_MS;
