import { KafkaFailure } from '../../failure.js';
import { malformedAnswer } from './answer.reader.js';

/** The length before each answer. */
const LENGTH_BYTES = 4;
/** The shortest answer: a correlation id. */
const SHORTEST = 4;
const FIRST_BYTES = 16 * 1024;
const AT_LEAST_FREE = 4 * 1024;

export interface InputBufferLimits {
  /** A longer answer is refused. */
  mostAnswerBytes: number;
  /** What is kept for the next answers; a larger buffer is given up after the answer that needed it. */
  keepBytes: number;
}

/**
 * The bytes that come in on one connection, cut into answers, each a region of one reused buffer:
 *
 *     int32 length    length bytes: int32 correlation id, ...
 *
 * The socket reads straight into `free()`; the answer is read where it lies. The buffer grows to the answer at hand.
 */
export class InputBuffer {
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #have = 0;

  constructor(private readonly limits: InputBufferLimits) {}

  get capacity(): number {
    return this.#bytes.length;
  }

  /** Where the next bytes go; never empty. */
  free(): Buffer {
    return this.#bytes.subarray(this.#have);
  }

  /**
   * So many bytes have come in. Hands over every whole answer (its region without the length), which must be done with
   * before `answer` returns. Throws for a length that cannot be; then nothing more can be read.
   */
  received(bytes: number, answer: (bytes: Buffer, start: number, end: number) => void): void {
    this.#have += bytes;
    let start = 0;
    let needed = LENGTH_BYTES;
    while (this.#have - start >= LENGTH_BYTES) {
      const length = this.#bytes.readInt32BE(start);
      if (length < SHORTEST || length > this.limits.mostAnswerBytes) {
        throw unreadable(length, this.limits.mostAnswerBytes);
      }
      needed = LENGTH_BYTES + length;
      if (this.#have - start < needed) break;
      answer(this.#bytes, start + LENGTH_BYTES, start + needed);
      start += needed;
      needed = LENGTH_BYTES;
    }
    this.#keep(start, needed);
  }

  /** Moves what is left to the front of a buffer that has room for the answer it begins. */
  #keep(start: number, needed: number): void {
    const left = this.#have - start;
    const wanted = Math.max(needed, left + AT_LEAST_FREE);
    const { keepBytes } = this.limits;
    const hasServed = start > 0 && this.#bytes.length > keepBytes && wanted <= keepBytes;
    if (wanted > this.#bytes.length || hasServed) {
      const other = Buffer.allocUnsafeSlow(hasServed ? keepBytes : roundUp(wanted));
      this.#bytes.copy(other, 0, start, this.#have);
      this.#bytes = other;
    } else if (start > 0 && left > 0) {
      this.#bytes.copyWithin(0, start, this.#have);
    }
    this.#have = left;
  }
}

function unreadable(length: number, most: number): KafkaFailure {
  if (length < SHORTEST) return malformedAnswer(`a length of ${length} bytes`);
  return new KafkaFailure(
    'TOO_LARGE',
    `A broker's answer says that it has ${length} bytes, more than the ${most} allowed`,
  );
}

/** To a power of two, so that growing answers do not each cost a buffer. */
function roundUp(bytes: number): number {
  return 2 ** Math.ceil(Math.log2(bytes));
}
