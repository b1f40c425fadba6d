import { BatchBufferPool, PartitionAccumulator, type SealedBatch, type WritableCodec } from '@citystreams/record-batch';

/** How large a batch may grow: brokers refuse one over about 1 MiB. Fewer and smaller the more there are. */
const CLASSES = [
  { bufferBytes: 768 << 10, sealBytes: 512 << 10 },
  { bufferBytes: 192 << 10, sealBytes: 128 << 10 },
  { bufferBytes: 48 << 10, sealBytes: 32 << 10 },
] as const;

export interface OutputLimits {
  /** Bytes that all batches still open may take together; it decides how large each may grow. */
  openBytes: number;
  /** Bytes that sealed batches may take until they are acknowledged, about. */
  inFlightBytes: number;
  codec: WritableCodec;
}

/** Where records for one partition of one topic go. */
export interface Output {
  readonly topic: string;
  readonly partition: number;
  /** Another one after batches were sealed or given up. */
  batch: PartitionAccumulator;
}

/**
 * The open batches of everything the router writes. What is sealed goes to `send` at once. How many there are decides how
 * large they grow, so that open batches never take more than `openBytes`.
 */
export class Outputs {
  readonly #pools: readonly BatchBufferPool[];
  readonly #outputs = new Set<Output>();
  #class = 0;

  constructor(
    private readonly limits: OutputLimits,
    private readonly send: (batch: SealedBatch) => void,
  ) {
    this.#pools = CLASSES.map(
      ({ bufferBytes, sealBytes }) =>
        new BatchBufferPool({
          bufferBytes,
          keep: Math.ceil(limits.openBytes / bufferBytes + (2 * limits.inFlightBytes) / sealBytes),
        }),
    );
  }

  open(topic: string, partition: number): Output {
    const output = { topic, partition, batch: this.#batch(topic, partition) };
    this.#outputs.add(output);
    return output;
  }

  seal(): void {
    for (const { batch } of this.#outputs) batch.seal();
    this.#fit();
  }

  /** Gives up everything that is not sealed. */
  drop(): void {
    for (const { batch } of this.#outputs) batch.drop();
    this.#fit();
  }

  /** While nothing is in them: other batches, if there are too many of the present size, or few enough for a larger. */
  #fit(): void {
    const fits = CLASSES.findIndex(({ bufferBytes }) => this.#outputs.size * bufferBytes <= this.limits.openBytes);
    const next = fits < 0 ? CLASSES.length - 1 : fits;
    if (next === this.#class) return;
    this.#class = next;
    for (const output of this.#outputs) output.batch = this.#batch(output.topic, output.partition);
  }

  #batch(topic: string, partition: number): PartitionAccumulator {
    const { sealBytes } = CLASSES[this.#class]!;
    const pool = this.#pools[this.#class]!;
    return new PartitionAccumulator({
      topic,
      partition,
      pool,
      sealBytes,
      codec: this.limits.codec,
      onSealed: this.send,
    });
  }
}
