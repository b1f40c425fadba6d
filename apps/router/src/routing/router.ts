import type { Ulid } from '@citystreams/contracts';
import { type Assignment, asKafkaFailure, type GroupMember, KafkaFailure } from '@citystreams/kafka';
import { Logger } from '@nestjs/common';
import { Change } from '../directory/change.js';
import type { ViewsDirectory } from '../directory/views.directory.js';
import type { ViewFault } from '../projection/view.fault.js';
import type { PartitionDesk } from '../readings/partition.desk.js';
import type { Redrives } from '../redrives/redrives.js';
import type { LedgerState } from '../seats/partition.ledger.js';
import { Membership, type MembershipHost } from '../tenure/membership.js';
import type { NewBeginnings } from '../tenure/new.beginnings.js';
import type { PartitionOpener } from '../tenure/partition.opener.js';
import type { StuckPartition, Tenure } from '../tenure/tenure.js';
import { isFenced, type Transactions } from '../transactions/transactions.js';
import { blame, type Culprit, recovered } from './blame.js';
import type { Gate } from './gate.js';
import type { Readers, ReadersHost } from './readers.js';
import type { Seating, SeatingHost } from './seating.js';

const LOOK_AGAIN_MS = 1_000;
const SURRENDER_WITHIN_MS = 2_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

export interface RouterParts {
  readonly transactions: Transactions;
  readonly opener: PartitionOpener;
  readonly views: ViewsDirectory;
  readonly redrives: Redrives;
  readonly beginnings: NewBeginnings;
  readonly gate: Gate;
  readonly commitIntervalMs: number;
  /** What was committed, and how long the end of the transaction took. */
  readonly onCommitted: (desks: readonly PartitionDesk[], ms: number) => void;
  /** Something of these partitions is to be told, whether anything is committed or not. */
  readonly onNews: (desks: Iterable<PartitionDesk>) => void;
  /** Partitions were taken up, and some could not be. */
  readonly onTakenUp: (stuck: Iterable<StuckPartition>) => void;
  readonly onFault: (fault: ViewFault) => void;
  /** A view that was stuck is not any more. */
  readonly onOver: (view: Ulid) => void;
  /** Another process has this slot, or the group forgot this member: nothing can be gone on with. */
  readonly onLost: (failure: KafkaFailure) => void;
}

/**
 * The main loop: one thing at a time, of what is due. Records are read and written by the lanes in between, while this
 * loop waits for Kafka.
 *
 *     revoking    commit what is in hand, and let the partitions go
 *     assigned    open a sender if there is none, read positions, seat views, begin to read
 *     at fault    give the transaction up, go back to what is committed, go on without the view at fault
 *     due         commit
 */
export class Router implements MembershipHost, ReadersHost, SeatingHost {
  private readonly log = new Logger('router');
  private readonly changed = new Change();
  readonly membership = new Membership(this.changed, this);
  #readers: Readers | null = null;
  #seating: Seating | null = null;
  #member: GroupMember | null = null;
  #running: Promise<void> = Promise.resolve();
  #isEnding = false;

  #tenure: Tenure | null = null;
  #faults: { desk: PartitionDesk; fault: ViewFault }[] = [];
  #hasMoved = false;
  #committedAt = 0;
  #pauseMs = FIRST_PAUSE_MS;
  #trouble: string | null = 'it has no partitions yet';

  constructor(private readonly parts: RouterParts) {}

  /** Why nothing is routed at all; null: it is. */
  get trouble(): string | null {
    return this.#trouble;
  }

  get tenure(): Tenure | null {
    return this.#tenure;
  }

  start(readers: Readers, seating: Seating, member: GroupMember): void {
    this.#readers = readers;
    this.#seating = seating;
    this.#member = member;
    this.#running = this.#run();
  }

  /** Commits what is in hand and gives the partitions to the others at once. */
  async drain(): Promise<void> {
    await this.#member?.leave();
    this.#isEnding = true;
    this.changed.announce();
    // A step that waits for Kafka is over when its sender and its way there are closed.
    await Promise.race([this.#running, new Promise((resolve) => setTimeout(resolve, SURRENDER_WITHIN_MS))]);
    await this.#readers?.close();
    await this.parts.transactions.close();
  }

  /** Something is announced, or a term began or ended: who reads what may be another now. */
  settle(): void {
    if (this.parts.gate.isFrozen) return;
    this.#seating?.settle();
    this.parts.redrives.settle(this.#tenure);
    void this.parts.beginnings.look(this.#tenure, () => this.changed.announce());
  }

  /** Commits every position and seat again. */
  restate(): void {
    for (const desk of this.#tenure?.desks() ?? []) desk.isRestating = true;
    this.moved();
  }

  settleWhenDue(): void {
    if (!this.parts.gate.isFrozen && this.#seating?.isDue(Date.now()) === true) this.#seating.settle();
  }

  moved(): void {
    if (this.#hasMoved) return;
    this.#hasMoved = true;
    this.changed.announce();
  }

  seated(): void {
    this.#readers?.wake();
    this.moved();
  }

  viewFailed(desk: PartitionDesk, fault: ViewFault): void {
    this.#faults.push({ desk, fault });
    this.changed.announce();
  }

  freeze(): void {
    this.parts.gate.freeze();
  }

  sourceTroubled(desk: PartitionDesk): void {
    this.parts.onNews([desk]);
  }

  /** What is open is given up before this process ends: consumers of the views would wait for it until it times out. */
  lost(failure: KafkaFailure): void {
    this.freeze();
    const patience = new Promise((resolve) => setTimeout(resolve, SURRENDER_WITHIN_MS));
    const surrender = this.parts.transactions.giveUp().catch(() => undefined);
    void Promise.race([surrender, patience]).then(() => this.parts.onLost(failure));
  }

  async #run(): Promise<void> {
    while (!this.#isEnding) {
      try {
        await this.#step();
        this.#pauseMs = FIRST_PAUSE_MS;
      } catch (error) {
        if (isFenced(error)) return this.parts.onLost(asKafkaFailure(error));
        this.#trouble = asKafkaFailure(error).message;
        this.log.warn(`nothing is routed now: ${this.#trouble}`);
        await this.#startOver();
        await this.changed.next(this.#pauseMs);
        this.#pauseMs = Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS);
      }
    }
  }

  async #step(): Promise<void> {
    const { assignment, isRevoking } = this.membership;
    if (isRevoking) return this.#letGo();
    if (assignment !== null && this.#tenure?.assignment !== assignment) return this.#takeUp(assignment);
    if (this.#faults.length > 0) return this.#giveUp();
    if (assignment !== null && this.parts.beginnings.areDue(this.#tenure)) return this.#beginAnew(assignment);
    const wait = this.#committedAt + this.parts.commitIntervalMs - performance.now();
    if (this.#tenure === null || !this.#hasMoved) await this.changed.next(LOOK_AGAIN_MS);
    else if (wait > 0) await this.changed.next(wait);
    else await this.#commit(this.#tenure);
  }

  async #letGo(): Promise<void> {
    const releases = this.membership.releases();
    try {
      if (this.#tenure !== null && this.#faults.length === 0) await this.#commit(this.#tenure);
    } finally {
      this.#end();
      await this.parts.transactions.giveUp();
      for (const release of releases) release();
    }
  }

  /** Takes everything up again, because some partitions begin anew. */
  async #beginAnew(assignment: Assignment): Promise<void> {
    const anew = this.parts.beginnings.take();
    this.log.log(`begins anew, as ordered: ${[...anew].join(', ')}`);
    this.parts.gate.freeze();
    if (this.#tenure !== null) await this.#commit(this.#tenure);
    await this.#takeUp(assignment, anew);
  }

  async #takeUp(assignment: Assignment, anew: ReadonlySet<string> = new Set()): Promise<void> {
    this.#end();
    await this.parts.transactions.giveUp();
    await this.parts.transactions.open();
    const tenure = await this.parts.opener.open(assignment, anew);
    await this.#seating?.open(tenure);
    if (this.membership.assignment !== assignment) return;
    this.#tenure = tenure;
    this.#trouble = null;
    this.parts.onTakenUp(tenure.stuck());
    this.parts.gate.thaw();
    this.#readers?.read(tenure);
    this.#hasMoved = true;
    this.#committedAt = 0;
  }

  /** The tenure is over; what was in hand is of no use any more. */
  #end(): void {
    this.parts.gate.freeze();
    if (this.#tenure !== null) this.#tenure.isOver = true;
    this.#tenure = null;
    this.#faults = [];
    this.#hasMoved = false;
    this.#seating?.close();
    this.#readers?.read(null);
  }

  async #startOver(): Promise<void> {
    this.#end();
    await this.parts.transactions.close();
  }

  async #commit(tenure: Tenure): Promise<void> {
    this.#hasMoved = false;
    const desks = [...tenure.desks()].filter((desk) => desk.isDirty);
    if (desks.length === 0) return;
    const before = desks.map((desk) => desk.ledger.lastCommitted);
    const outcome = await this.parts.transactions.commit(desks, tenure.assignment);
    this.#committedAt = performance.now();
    switch (outcome.kind) {
      case 'committed':
        for (const [i, desk] of desks.entries()) this.#recover(desk, before[i]!);
        return this.parts.onCommitted(desks, outcome.ms);
      case 'refused': {
        const { culprits, others } = blame(outcome.refused, this.parts.views, [...tenure.desks()], performance.now());
        if (others.length > 0) throw outcome.refused;
        return this.#goBack(tenure, culprits);
      }
      case 'rebalanced':
        // The group says what next.
        return this.#end();
      case 'unknown':
        throw outcome.failure;
    }
  }

  async #giveUp(): Promise<void> {
    const faults = this.#faults;
    this.#faults = [];
    if (this.#tenure === null) return;
    if (!(await this.parts.transactions.giveUp())) {
      throw new KafkaFailure('UNREACHABLE', 'a transaction could not be given up', { retriable: true });
    }
    this.#goBack(
      this.#tenure,
      faults.map(({ desk, fault }) => ({ fault, desks: [desk] })),
    );
  }

  /** After everything uncommitted was given up: the others go on where they were, those at fault alone. */
  #goBack(tenure: Tenure, culprits: readonly Culprit[]): void {
    tenure.rewind();
    for (const { fault, desks } of culprits) {
      this.parts.onFault(fault);
      for (const desk of desks) desk.eject(fault.view);
    }
    if (this.#tenure !== tenure || this.membership.assignment !== tenure.assignment) return;
    this.parts.gate.thaw();
    this.#hasMoved = true;
    this.#seating?.settle();
    this.#readers?.wake();
    this.parts.onNews(tenure.desks());
  }

  #recover(desk: PartitionDesk, before: LedgerState): void {
    if (desk.trouble?.code === 'QUARANTINE_REFUSED') desk.trouble = null;
    for (const view of recovered(desk, before, desk.ledger.lastCommitted)) {
      desk.recover(view);
      this.over(view);
      this.#hasMoved = true;
    }
  }

  /** A view got on somewhere; what was in its way is over when it is not stuck anywhere else. */
  over(view: Ulid): void {
    for (const desk of this.#tenure?.desks() ?? []) {
      if (desk.lost.has(view) || desk.ledger.seats.get(view)?.state === 'ejected') return;
    }
    this.parts.onOver(view);
  }
}
