import type { SealedBatch } from '@citystreams/record-batch';
import { asKafkaFailure, type KafkaFailure } from '../../failure.js';
import type { Cluster } from '../cluster/cluster.js';
import type { Role } from '../cluster/connections.js';
import type { RefusedPartition } from '../data-path.js';
import type { ProducerIdentity } from '../messages/init.producer.id.js';
import { PRODUCE, type ProduceAnswer } from '../messages/produce.js';
import { malformedAnswer } from '../wire/answer.reader.js';
import type { Connection } from '../wire/connection.js';
import { LeaderRoutes } from './leader.routes.js';
import { PartitionQueue } from './partition.queue.js';
import { ProduceLoad } from './produce.load.js';
import { judge } from './produce.outcome.js';
import { ProduceRefused } from './produce.refused.js';

export interface ProducePumpOptions {
  cluster: Cluster;
  role: Role;
  transactionalId: string;
  /** A partition that takes nothing for this long is refused. */
  patienceMs: number;
  /** A broker that does not answer for this long is taken for gone, and the sender with it. */
  answerWithinMs: number;
}

/** A topic that was made a moment ago is not known everywhere; one that is gone should not hold up the others. */
const UNKNOWN_TOPIC_PATIENCE_MS = 2_000;
/** The part of the time for an answer that a broker may wait for its replicas. */
const REPLICAS_PART = 0.8;

/**
 * Sends the batches of one transaction to the leaders of their partitions, all partitions of a leader in one request.
 * A failure is for good: nothing is sent after it, and what waits is given up.
 */
export class ProducePump {
  /** Of batches that were not acknowledged yet. */
  pendingBytes = 0;
  readonly #queues = new Map<string, PartitionQueue[]>();
  readonly #active = new Set<PartitionQueue>();
  readonly #refusals: RefusedPartition[] = [];
  #identity: ProducerIdentity | undefined;
  #inFlight = 0;
  #isDue = false;
  #timer: NodeJS.Timeout | undefined;
  #over: KafkaFailure | undefined;
  #waiters: { resolve: () => void; reject: (failure: KafkaFailure) => void }[] = [];
  /** Something was sent: a broker may have begun the transaction. */
  hasSent = false;

  readonly #routes: LeaderRoutes;

  constructor(private readonly options: ProducePumpOptions) {
    this.#routes = new LeaderRoutes(options.cluster, options.role, {
      ready: () => this.#pump(),
      unreachable: (leader, failure) => this.#unreachable(leader, failure),
      found: (topics, unanswered) => this.#found(topics, unanswered),
    });
  }

  /** Nothing was ever pushed. */
  get isUnused(): boolean {
    return this.#queues.size === 0;
  }

  get failure(): KafkaFailure | undefined {
    const [first, ...others] = this.#refusals;
    return this.#over ?? (first === undefined ? undefined : new ProduceRefused([first, ...others]));
  }

  /** From now on batches go out, as this producer's. */
  start(identity: ProducerIdentity): void {
    this.#identity = identity;
    this.#due();
  }

  push(batch: SealedBatch): void {
    if (this.#over !== undefined || this.#refusals.length > 0) {
      batch.release();
      return;
    }
    const bytes = batch.byteLength;
    this.pendingBytes += bytes;
    const queue = this.#queueOf(batch.topic, batch.partition);
    queue.push(batch, bytes);
    this.#active.add(queue);
    this.#due();
  }

  /** Everything pushed so far is acknowledged; rejects once nothing is in flight after a failure. */
  settled(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      this.#tellWaiters();
    });
  }

  /** Gives up what waits. What is in flight is given up when its answer comes, or its connection ends. */
  stop(failure: KafkaFailure): void {
    this.#over ??= failure;
    this.#giveUp();
  }

  #queueOf(topic: string, partition: number): PartitionQueue {
    let queues = this.#queues.get(topic);
    if (queues === undefined) this.#queues.set(topic, (queues = []));
    return (queues[partition] ??= new PartitionQueue(topic, partition));
  }

  /** What is pushed together goes out together: sending begins when the caller is through. */
  #due(): void {
    if (this.#isDue || this.#identity === undefined) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      this.#pump();
    });
  }

  #pump(): void {
    const identity = this.#identity;
    clearTimeout(this.#timer);
    if (identity === undefined || this.#over !== undefined || this.#refusals.length > 0) return;
    const now = Date.now();
    if (this.#losesPatience(now)) return this.#goOn();
    const unknown = new Set<string>();
    let soonest = Infinity;
    for (let again = true; again; ) {
      again = false;
      const loads = new Map<number, { connection: Connection; load: ProduceLoad }>();
      for (const queue of this.#active) {
        const from = queue.sendableFrom(now);
        if (from !== 0) {
          soonest = Math.min(soonest, from);
          continue;
        }
        const leader = this.#routes.leaderOf(queue.topic, queue.partition);
        if (leader < 0) {
          unknown.add(queue.topic);
          continue;
        }
        if (queue.inFlight > 0 && queue.node !== leader) continue;
        let target = loads.get(leader);
        if (target === undefined) {
          const connection = this.#routes.connectionTo(leader);
          if (connection === undefined) continue;
          target = { connection, load: new ProduceLoad() };
          loads.set(leader, target);
        } else if (target.load.bytes + queue.nextBytes > this.options.cluster.limits.mostRequestBytes) {
          again = true;
          continue;
        }
        const outgoing = queue.take(identity, leader);
        if (outgoing !== undefined) target.load.add(queue, outgoing);
      }
      for (const [leader, { connection, load }] of loads) this.#send(leader, connection, load);
      again ||= loads.size > 0;
    }
    if (unknown.size > 0) void this.#routes.find(unknown);
    if (soonest < Infinity) this.#timer = setTimeout(() => this.#pump(), soonest - now);
  }

  #send(leader: number, connection: Connection, load: ProduceLoad): void {
    const { transactionalId, answerWithinMs } = this.options;
    this.hasSent = true;
    this.#inFlight++;
    this.#routes.count(leader, 1);
    const request = { transactionalId, timeoutMs: Math.round(answerWithinMs * REPLICAS_PART), topics: load.topics() };
    void connection
      .ask(PRODUCE, request, { withinMs: answerWithinMs })
      .then(
        (answers) => this.#answered(load, answers),
        (error) => {
          this.#over ??= asKafkaFailure(error);
        },
      )
      .finally(() => {
        this.#inFlight--;
        this.#routes.count(leader, -1);
        for (const { queue, outgoing } of load.rest()) {
          // Nobody knows what became of it: the sender is at its end.
          queue.givenUp();
          this.#release(outgoing);
          this.#deactivate(queue);
        }
        this.#goOn();
      });
  }

  #answered(load: ProduceLoad, answers: readonly ProduceAnswer[]): void {
    const now = Date.now();
    for (const { topic, partition, errorCode } of answers) {
      const entry = load.take(topic, partition);
      if (entry === undefined) continue;
      const { queue, outgoing } = entry;
      const { outcome, failure } = judge(errorCode, topic, partition);
      if (failure === undefined || outcome === 'done') {
        queue.acknowledged();
        this.#release(outgoing);
      } else if (outcome === 'again' || outcome === 'moved' || queue.isBehindRefused(outgoing)) {
        if (outcome === 'moved') this.options.cluster.map.forget([topic]);
        queue.refused(outgoing, failure, now);
      } else {
        queue.givenUp();
        this.#release(outgoing);
        if (outcome === 'refused') this.#refuse(queue, failure);
        else this.#over ??= failure;
      }
      this.#deactivate(queue);
    }
    if (load.rest().length > 0) this.#over ??= malformedAnswer('a batch that it says nothing of');
  }

  #losesPatience(now: number): boolean {
    for (const queue of this.#active) {
      const failure = queue.stalledBy;
      if (failure === undefined || queue.sendableFrom(now) !== 0) continue;
      const patience = failure.code === 'UNKNOWN_TOPIC' ? UNKNOWN_TOPIC_PATIENCE_MS : this.options.patienceMs;
      if (queue.stalledFor(now) < patience) continue;
      // Without a topic it is not this partition's own: no broker to send to, or no end of the transaction before.
      if (failure.topic === undefined) this.#over ??= failure;
      else this.#refuse(queue, failure);
    }
    return this.#over !== undefined || this.#refusals.length > 0;
  }

  #unreachable(leader: number, failure: KafkaFailure): void {
    if (!failure.retriable) return this.stop(failure);
    // The broker is gone or was never there: who leads its partitions now is asked.
    const isIts = ({ topic, partition }: PartitionQueue) => this.#routes.leaderOf(topic, partition) === leader;
    this.#stall([...this.#active].filter(isIts), failure);
    this.#pump();
  }

  #found(topics: ReadonlySet<string>, unanswered: KafkaFailure | undefined): void {
    for (const queue of this.#active) {
      if (!topics.has(queue.topic)) continue;
      const failure = unanswered ?? this.options.cluster.map.whyNoLeader(queue.topic, queue.partition);
      if (failure?.code === 'NOT_AUTHORIZED' && failure.topic !== undefined) this.#refuse(queue, failure);
      else if (failure !== undefined) this.#stall([queue], failure);
    }
    this.#goOn();
  }

  #goOn(): void {
    if (this.#over === undefined && this.#refusals.length === 0) this.#pump();
    else this.#giveUp();
    this.#tellWaiters();
  }

  #stall(queues: readonly PartitionQueue[], failure: KafkaFailure): void {
    const now = Date.now();
    this.options.cluster.map.forget(queues.map(({ topic }) => topic));
    for (const queue of queues) queue.stall(failure, now);
  }

  #refuse({ topic, partition }: PartitionQueue, { code, kafkaError, message }: KafkaFailure): void {
    this.#refusals.push({ topic, partition, code, kafkaError: kafkaError ?? message });
  }

  #deactivate(queue: PartitionQueue): void {
    if (queue.isEmpty) this.#active.delete(queue);
  }

  #release({ batch, bytes }: { batch: SealedBatch; bytes: number }): void {
    this.pendingBytes -= bytes;
    batch.release();
  }

  #giveUp(): void {
    clearTimeout(this.#timer);
    for (const queue of this.#active) {
      for (const one of queue.drop()) this.#release(one);
      this.#deactivate(queue);
    }
    this.#tellWaiters();
  }

  #tellWaiters(): void {
    const failure = this.failure;
    if (this.#inFlight > 0 || (failure === undefined && this.#active.size > 0)) return;
    for (const { resolve, reject } of this.#waiters.splice(0)) {
      if (failure === undefined) resolve();
      else reject(failure);
    }
  }
}
