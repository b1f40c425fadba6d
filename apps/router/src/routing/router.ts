import type { Ulid } from '@citystreams/contracts';
import {
  type Assignment,
  asKafkaFailure,
  type GroupMember,
  KafkaFailure,
  type MemberHandler,
} from '@citystreams/kafka';
import { Logger } from '@nestjs/common';
import { Change } from '../directory/change.js';
import type { ViewsDirectory } from '../directory/views.directory.js';
import type { ViewFault } from '../projection/view.fault.js';
import type { PartitionDesk } from '../readings/partition.desk.js';
import type { Redrives } from '../redrives/redrives.js';
import type { LedgerState } from '../seats/partition.ledger.js';
import type { StatusBoard } from '../status/status.board.js';
import type { NewBeginnings } from '../tenure/new.beginnings.js';
import type { PartitionOpener } from '../tenure/partition.opener.js';
import type { Tenure } from '../tenure/tenure.js';
import { isFenced, type Transactions } from '../transactions/transactions.js';
import { blame, type Culprit, recovered } from './blame.js';
import type { Gate } from './gate.js';
import type { Readers } from './readers.js';
import type { Seating } from './seating.js';

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
  readonly status: StatusBoard;
  readonly gate: Gate;
  readonly commitIntervalMs: number;
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
export class Router implements MemberHandler {
  private readonly log = new Logger('router');
  private readonly changed = new Change();
  #readers: Readers | null = null;
  #seating: Seating | null = null;
  #member: GroupMember | null = null;
  #running: Promise<void> = Promise.resolve();
  #isEnding = false;

  #assignment: Assignment | null = null;
  #tenure: Tenure | null = null;
  #revoking: (() => void)[] = [];
  #faults: { desk: PartitionDesk; fault: ViewFault }[] = [];
  /** Partitions that begin anew. */
  #anew: ReadonlySet<string> = new Set();
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
    await this.#running;
    await this.#readers?.close();
    await this.parts.transactions.close();
  }

  /** Something is announced, or a term began or ended: who reads what may be another now. */
  settle(): void {
    if (this.parts.gate.isFrozen) return;
    this.#seating?.settle();
    this.parts.redrives.settle(this.#tenure);
    if (this.#tenure !== null) void this.#lookForBeginnings(this.#tenure);
  }

  async #lookForBeginnings(tenure: Tenure): Promise<void> {
    try {
      const anew = await this.parts.beginnings.due(tenure);
      if (anew.size === 0 || this.#tenure !== tenure) return;
      this.#anew = anew;
      this.changed.announce();
    } catch (error) {
      this.log.warn(`what was ordered cannot be carried out now: ${asKafkaFailure(error).message}`);
    }
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

  /** The source partition cannot be read, or can be again. */
  sourceTroubled(desk: PartitionDesk): void {
    this.parts.status.tell([desk]);
  }

  assigned(assignment: Assignment): void {
    this.#assignment = assignment;
    this.changed.announce();
  }

  revoked(): Promise<void> {
    this.#assignment = null;
    this.parts.gate.freeze();
    return new Promise((resolve) => {
      this.#revoking.push(resolve);
      this.changed.announce();
    });
  }

  /** What is open is given up before this process ends: consumers of the views would wait for it until it times out. */
  lost(failure: KafkaFailure): void {
    this.parts.gate.freeze();
    const patience = new Promise((resolve) => setTimeout(resolve, SURRENDER_WITHIN_MS));
    const surrender = this.parts.transactions.giveUp().catch(() => undefined);
    void Promise.race([surrender, patience]).then(() => this.parts.onLost(failure));
  }

  troubled(failure: KafkaFailure | null): void {
    if (failure !== null) this.log.warn(`the group cannot be reached well: ${failure.message}`);
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
    if (this.#revoking.length > 0) return this.#letGo();
    if (this.#assignment !== null && this.#tenure?.assignment !== this.#assignment)
      return this.#takeUp(this.#assignment);
    if (this.#faults.length > 0) return this.#giveUp();
    if (this.#anew.size > 0 && this.#assignment !== null) return this.#beginAnew(this.#assignment);
    const wait = this.#committedAt + this.parts.commitIntervalMs - performance.now();
    if (this.#tenure === null || !this.#hasMoved) await this.changed.next(LOOK_AGAIN_MS);
    else if (wait > 0) await this.changed.next(wait);
    else await this.#commit(this.#tenure);
  }

  async #letGo(): Promise<void> {
    const revoking = this.#revoking;
    this.#revoking = [];
    try {
      if (this.#tenure !== null && this.#faults.length === 0) await this.#commit(this.#tenure);
    } finally {
      this.#end();
      await this.parts.transactions.giveUp();
      for (const resolve of revoking) resolve();
    }
  }

  /** Takes everything up again, because some partitions begin anew. */
  async #beginAnew(assignment: Assignment): Promise<void> {
    const anew = this.#anew;
    this.#anew = new Set();
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
    if (this.#assignment !== assignment) return;
    this.#tenure = tenure;
    this.parts.status.tellStuck(tenure.stuck());
    this.#trouble = null;
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
        return this.parts.status.committed(desks, outcome.ms);
      case 'refused': {
        const { culprits, others } = blame(outcome.refused, this.parts.views, [...tenure.desks()], Date.now());
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
    if (this.#tenure !== tenure || this.#assignment !== tenure.assignment) return;
    this.parts.gate.thaw();
    this.#hasMoved = true;
    this.#seating?.settle();
    this.#readers?.wake();
    this.parts.status.tell(tenure.desks());
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
