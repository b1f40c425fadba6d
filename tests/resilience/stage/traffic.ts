/**
 * Publishers of a stage: events in batches over several partitions, most of them in transactions, some of which are
 * aborted, some of which stay open for a while. The ledger says of every id what its publisher knows.
 */
import { addPartitionsToTxnV3, endTxnV4, initProducerIdV5, NumericMap, produceV11 } from '@platformatic/kafka';
import { frameOf } from '@citystreams/avro';
import type { Outcome } from '../checker/facts.js';
import type { Random } from '../random.js';
import { assertNone, Refused, type Wire } from '../wire/connections.js';
import { avroOf, codecOf, EventSource, headersOf, type Published } from './events.js';
import type { StreamFixture } from './streams.js';

export interface Traffic {
  readonly stream: StreamFixture;
  readonly ledger: ReadonlyMap<string, Outcome>;
  readonly events: ReadonlyMap<string, Published>;
  /** Ids that are certainly published, so far. */
  committed(): number;
  /** Ends what is in hand and stops. The ledger is final then. */
  stop(): Promise<void>;
}

export interface TrafficOptions {
  readonly stream: StreamFixture;
  readonly random: Random;
  /** Pause between batches, at most. */
  readonly pauseMs?: number;
  /** No transactions: an open one holds back every reader of its partitions. */
  readonly isPlain?: boolean;
  /** Sets the ids of one publisher apart from those of an earlier one of the same stream. */
  readonly idPrefix?: string;
}

const MOST_IN_BATCH = 24;
const COMMIT_SHARE = 0.85;
const PLAIN_SHARE = 0.25;
const LINGER_SHARE = 0.05;
const TIMEOUT_MS = 20_000;
const RETRY_MS = 100;
const DUPLICATE = 46;
/** Answers that only mean: not yet. */
const PASSING = new Set([3, 5, 6, 7, 14, 15, 16, 51]);

export function startTraffic(wire: Wire, o: TrafficOptions): Traffic {
  const publisher = new Publisher(wire, o);
  const running = publisher.run();
  running.catch(() => undefined);
  return {
    stream: o.stream,
    ledger: publisher.ledger,
    events: publisher.events,
    committed: () => publisher.committed,
    stop: () => {
      publisher.stopping = true;
      return running;
    },
  };
}

interface Identity {
  readonly producerId: bigint;
  readonly producerEpoch: number;
}

class Publisher {
  readonly ledger = new Map<string, Outcome>();
  readonly events = new Map<string, Published>();
  committed = 0;
  stopping = false;
  private readonly codec = codecOf();
  private readonly source: EventSource;
  private readonly random: Random;
  private readonly transactionalId: string;
  private identity: Identity | null = null;
  private sequences = new Map<number, number>();

  constructor(
    private readonly wire: Wire,
    private readonly o: TrafficOptions,
  ) {
    this.random = o.random.fork(`traffic of ${o.stream.name}`);
    this.source = new EventSource(
      `${o.idPrefix ?? ''}e${o.random.seed.toString(36)}${o.stream.level.toLowerCase()}`,
      this.random,
    );
    this.transactionalId = `publisher-${o.stream.name}`;
  }

  async run(): Promise<void> {
    while (!this.stopping) {
      const batch = this.nextBatch();
      const ids = [...batch.values()].flat().map(({ id }) => id);
      for (const id of ids) this.ledger.set(id, 'unknown');
      try {
        const isPlain = this.random.chance(PLAIN_SHARE) || this.o.isPlain === true;
        const outcome = isPlain ? await this.plain(batch) : await this.transaction(batch);
        for (const id of ids) this.ledger.set(id, outcome);
        if (outcome === 'committed') this.committed += ids.length;
      } catch {
        // Whether it was written is for the source to say. Opening the id anew ends what was left open.
        this.identity = null;
        await pause(RETRY_MS);
      }
      await pause(this.random.between(0, this.o.pauseMs ?? 80));
    }
    await this.endWhatIsOpen();
  }

  private nextBatch(): Map<number, Published[]> {
    const partitions = allOf(this.o.stream);
    const batch = new Map<number, Published[]>();
    for (let n = this.random.whole(1, MOST_IN_BATCH); n > 0; n -= 1) {
      const event = this.source.next();
      this.events.set(event.id, event);
      const partition = this.random.pick(partitions);
      batch.set(partition, [...(batch.get(partition) ?? []), event]);
    }
    return batch;
  }

  private async plain(batch: ReadonlyMap<number, Published[]>): Promise<Outcome> {
    await this.produce(batch, null);
    return 'committed';
  }

  private async transaction(batch: ReadonlyMap<number, Published[]>): Promise<Outcome> {
    const commit = this.random.chance(COMMIT_SHARE);
    const linger = this.random.chance(LINGER_SHARE) ? this.random.between(50, 400) : 0;
    const identity = (this.identity ??= await this.open());
    const { transactionalId } = this;
    const topics = [{ name: this.o.stream.name, partitions: [...batch.keys()] }];
    await patiently(async () => {
      const answer = await this.wire.coordinator('transaction', transactionalId, addPartitionsToTxnV3.api, [
        { transactionalId, ...identity, verifyOnly: false, topics },
      ]);
      for (const { topicResults } of answer.resultsByTransaction)
        for (const { resultsByPartition } of topicResults)
          for (const { partitionErrorCode } of resultsByPartition) assertNone(partitionErrorCode, 'source transaction');
    });
    await this.produce(batch, identity);
    await pause(linger);
    await patiently(async () => {
      const answer = await this.wire.coordinator(
        'transaction',
        transactionalId,
        endTxnV4.api,
        transactionalId,
        identity.producerId,
        identity.producerEpoch,
        commit,
      );
      assertNone(answer.errorCode, 'end of a source transaction');
    });
    return commit ? 'committed' : 'aborted';
  }

  private async open(): Promise<Identity> {
    this.sequences = new Map();
    return patiently(async () => {
      const { wire, transactionalId: id } = this;
      const answer = await wire.coordinator('transaction', id, initProducerIdV5.api, id, TIMEOUT_MS, -1n, -1);
      assertNone(answer.errorCode, 'a publisher');
      return { producerId: answer.producerId, producerEpoch: answer.producerEpoch };
    });
  }

  /** At the end nothing of ours may stay open: it would hold back every reader until its time is over. */
  private async endWhatIsOpen(): Promise<void> {
    for (;;) {
      try {
        await this.open();
        return;
      } catch {
        await pause(RETRY_MS);
      }
    }
  }

  private async produce(batch: ReadonlyMap<number, Published[]>, identity: Identity | null): Promise<void> {
    for (const [partition, events] of batch) {
      const leader = await patiently(async () => {
        const found = (await this.wire.topic(this.o.stream.name))?.leaders[partition] ?? -1;
        assertNone(found < 0 ? 5 : 0, 'leader');
        return found;
      });
      const messages = events.map((event) => this.messageOf(event, partition));
      const sequence = this.sequences.get(partition) ?? 0;
      const sequences = new NumericMap();
      sequences.set(`${this.o.stream.name}:${partition}`, sequence);
      const options = identity === null ? {} : { ...identity, sequences, transactionalId: this.transactionalId };
      const send = async () => {
        const answer = await this.wire.node(leader, produceV11.api, -1, TIMEOUT_MS, messages, options);
        if (typeof answer === 'boolean') throw new Error('a publisher got no answer');
        const code = answer.responses[0]?.partitionResponses[0]?.errorCode ?? -1;
        if (code !== DUPLICATE) assertNone(code, 'a publisher');
      };
      // Without a sequence number a second attempt could write it twice.
      await (identity === null ? send() : patiently(send));
      if (identity !== null) this.sequences.set(partition, sequence + events.length);
    }
  }

  private messageOf(event: Published, partition: number) {
    const { stream } = this.o;
    const value = event.kind === 'poison' ? event.bytes : frameOf(stream.schemaId, this.codec.toBuffer(avroOf(event)));
    return {
      topic: stream.name,
      partition,
      key: Buffer.from(event.id),
      value,
      headers: new Map(headersOf(event, stream.agency).map(([name, content]) => [Buffer.from(name), content])),
      timestamp: BigInt(Date.now()),
    };
  }
}

const allOf = (stream: StreamFixture): number[] => Array.from({ length: stream.message.partitions }, (_, p) => p);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Repeats what the broker says is only not possible yet. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Refused) || !PASSING.has(error.code) || attempt > 200) throw error;
      await pause(5);
    }
  }
}
