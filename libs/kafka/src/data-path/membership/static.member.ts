import { asKafkaFailure, type KafkaFailure } from '../../failure.js';
import { atMost, Backoff, pause } from '../../retry.js';
import type { Cluster } from '../cluster/cluster.js';
import type { Assignment, GroupMember, MemberOptions } from '../data-path.js';
import { GroupSession } from './group.session.js';

/** How soon a member learns that the group is being rearranged. */
const HEARTBEAT_EVERY_MS = 500;
/** The others wait for a member that is still finishing, but not for ever. */
const REVOKE_WITHIN_MS = 2_000;
const LEAVE_WITHIN_MS = 5_000;
/** What a member cannot come back from: somebody else is it, or the group forgot it. */
const LOST = new Set(['FENCED_INSTANCE_ID', 'UNKNOWN_MEMBER_ID']);

/** Keeps a `GroupSession` alive, and tells the handler what it has. */
export class StaticMember implements GroupMember {
  readonly #session: GroupSession;
  readonly #ending = new AbortController();
  /** Aborted to look at the group before the next heartbeat is due. */
  #alarm = new AbortController();
  #isAssigned = false;
  #isTroubled = false;
  #isLost = false;
  readonly #running: Promise<void>;

  constructor(
    private readonly cluster: Cluster,
    private readonly options: MemberOptions,
  ) {
    this.#session = new GroupSession(cluster, options);
    cluster.opened.add(this);
    this.#running = this.#run();
  }

  subscribe(topics: readonly string[]): void {
    if (this.#session.want(topics)) this.#alarm.abort();
  }

  async leave(): Promise<void> {
    this.#stop();
    await this.#running;
    await this.#revoke();
    if (!this.#isLost) await atMost(LEAVE_WITHIN_MS, this.#session.leave()).catch(() => undefined);
    this.#session.close();
  }

  async close(): Promise<void> {
    this.#stop();
    this.#session.close();
    await this.#running;
  }

  #stop(): void {
    this.cluster.opened.delete(this);
    this.#ending.abort();
    this.#alarm.abort();
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    const backoff = new Backoff(50, 1_000);
    // The handler is not called from within the call that opened the member.
    await Promise.resolve();
    while (!this.#ending.signal.aborted) {
      try {
        const assignment = await this.#session.join();
        if (this.#ending.signal.aborted) return;
        backoff.reset();
        this.#assign(assignment);
        await this.#stay();
        if (this.#ending.signal.aborted) return;
        await this.#revoke();
      } catch (error) {
        if (this.#ending.signal.aborted) return;
        const failure = asKafkaFailure(error);
        if (LOST.has(failure.kafkaError ?? '')) return this.#lose(failure);
        this.#trouble(failure);
        await pause(backoff.next(), this.#ending.signal);
      }
    }
  }

  /** Until the group is rearranged, or should be. Throws when this member is lost. */
  async #stay(): Promise<void> {
    const backoff = new Backoff(50, HEARTBEAT_EVERY_MS);
    let waitMs = HEARTBEAT_EVERY_MS;
    while (!this.#ending.signal.aborted) {
      await pause(waitMs, this.#alarm.signal);
      if (this.#ending.signal.aborted || this.#session.wantsRejoin) return;
      this.#alarm = new AbortController();
      try {
        if ((await this.#session.heartbeat()) === 'over') return;
        this.#recover();
        backoff.reset();
        waitMs = HEARTBEAT_EVERY_MS;
      } catch (error) {
        const failure = asKafkaFailure(error);
        if (LOST.has(failure.kafkaError ?? '') || this.#ending.signal.aborted) throw failure;
        // The assignment holds: if it does not, the group refuses what is committed with it.
        this.#trouble(failure);
        waitMs = backoff.next();
      }
    }
  }

  #assign(assignment: Assignment): void {
    this.#isAssigned = true;
    this.#isTroubled = false;
    this.options.handler.assigned(assignment);
  }

  async #revoke(): Promise<void> {
    if (!this.#isAssigned) return;
    this.#isAssigned = false;
    await atMost(REVOKE_WITHIN_MS, Promise.resolve(this.options.handler.revoked())).catch(() => undefined);
  }

  #lose(failure: KafkaFailure): void {
    this.#isAssigned = false;
    this.#isLost = true;
    this.#stop();
    this.options.handler.lost(failure);
  }

  #trouble(failure: KafkaFailure): void {
    this.#isTroubled = true;
    this.options.handler.troubled(failure);
  }

  #recover(): void {
    if (!this.#isTroubled) return;
    this.#isTroubled = false;
    this.options.handler.troubled(null);
  }
}
