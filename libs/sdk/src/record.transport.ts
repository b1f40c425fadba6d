import type { OutgoingRecord } from '@citystreams/kafka';

/** Carries records to Kafka in place of the SDK's own producer: for services whose framework has one. */
export interface RecordTransport {
  /**
   * Resolves when all in-sync replicas have every record. Each call is for one partition, and the next comes after it. What
   * failed for a reason that may pass is repeated with the same records; that must not write them twice.
   */
  send(records: readonly OutgoingRecord[]): Promise<void>;
  close(): Promise<void>;
}

/** Sends by a transport, one batch of one partition after the other, in the order of the calls. */
export class OneByOne {
  #last: Promise<void> = Promise.resolve();

  constructor(
    private readonly transport: RecordTransport,
    private readonly persistently: (work: () => Promise<void>) => Promise<void>,
  ) {}

  send(records: readonly OutgoingRecord[]): Promise<void> {
    const batches = Map.groupBy(records, ({ partition }) => partition);
    const sent = this.#last.then(async () => {
      for (const batch of batches.values()) await this.persistently(() => this.transport.send(batch));
    });
    this.#last = sent.catch(() => undefined);
    return sent;
  }

  close(): Promise<void> {
    return this.transport.close();
  }
}
