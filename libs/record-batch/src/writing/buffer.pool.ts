import { type Bytes, bytesOf } from '../batch-layout.js';

export interface BatchBufferPoolOptions {
  /** Size of each buffer: the largest batch of more than one record. Above the seal size by a few records. */
  bufferBytes: number;
  /** Most buffers that wait here for use; a buffer that comes back to a full pool is left to the collector. */
  keep: number;
}

/**
 * Buffers for batches, used again and again. What a former use left in a buffer is still there when it is taken; the
 * accumulator hands out no byte that it did not write itself.
 */
export class BatchBufferPool {
  readonly bufferBytes: number;
  readonly #keep: number;
  readonly #idle: Bytes[] = [];

  constructor(options: BatchBufferPoolOptions) {
    this.bufferBytes = options.bufferBytes;
    this.#keep = options.keep;
  }

  /** Buffers that wait for use. */
  get idle(): number {
    return this.#idle.length;
  }

  /** A buffer of at least so many bytes: of the pool's size, or for this one use alone. */
  take(bytes: number): Bytes {
    if (bytes > this.bufferBytes) return bytesOf(Buffer.allocUnsafeSlow(bytes));
    return this.#idle.pop() ?? bytesOf(Buffer.allocUnsafeSlow(this.bufferBytes));
  }

  give(buffer: Bytes): void {
    if (buffer.bytes.length === this.bufferBytes && this.#idle.length < this.#keep) this.#idle.push(buffer);
  }
}
