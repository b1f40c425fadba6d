/** Runs scanner and view on an event that lies between strangers' bytes, and looks whether they stay within it. */
import { type ByteView, type EventScanner, MalformedEvent, PredicateFailed } from '@citystreams/avro';
import { once, type Tape } from './tape.js';
import type { Answer } from './trial.js';

const AROUND = 24;
const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export class Guarded {
  /** Times the reads themselves were watched. */
  watched = 0;

  constructor(
    private readonly scanner: EventScanner,
    private readonly view: ByteView,
    private readonly tape: Tape,
  ) {}

  /** Throws when a byte outside the event is read (where watched) or one outside the measured value is written. */
  run(body: Buffer): Answer {
    const source = Buffer.alloc(body.length + 2 * AROUND, this.tape.below(256));
    body.copy(source, AROUND);
    const end = AROUND + body.length;
    if (once(this.tape, 50)) {
      this.watched += 1;
      const inside = (at: number, size: number): void => {
        if (at < AROUND || at + size > end)
          throw new Error(`a byte outside the event was read: ${at} of ${AROUND}..${end}`);
      };
      const { bytes, data } = watchedCopy(source, inside);
      this.answer(bytes, data, end);
    }
    return this.answer(source, viewOf(source), end);
  }

  private answer(bytes: Uint8Array, data: DataView, end: number): Answer {
    try {
      this.scanner.scan(bytes, data, AROUND, end);
      const { event } = this.scanner;
      const size = this.view.measure(event);
      if (size < 0) return 'withheld';
      return { shows: { body: this.value(size), key: this.key(), time: this.view.time(event) } };
    } catch (error) {
      if (error instanceof MalformedEvent) return 'undecodable';
      if (error instanceof PredicateFailed) return 'predicate failed';
      throw error;
    }
  }

  private value(size: number): Buffer {
    const target = Buffer.alloc(size + 2 * AROUND, 0xa5);
    const end = this.view.write(this.scanner.event, target, viewOf(target), AROUND);
    if (end !== AROUND + size) throw new Error(`measured ${size} bytes, wrote ${end - AROUND}`);
    const outside = Buffer.concat([target.subarray(0, AROUND), target.subarray(end)]);
    if (outside.some((byte) => byte !== 0xa5)) throw new Error('a byte outside the value was written');
    return target.subarray(AROUND, end);
  }

  private key(): Buffer | null {
    const size = this.view.keySize;
    if (size < 0) return null;
    const key = Buffer.alloc(size);
    if (this.view.writeKey(this.scanner.event, key, viewOf(key), 0) !== size)
      throw new Error('the key is not as long as measured');
    return key;
  }
}

/** The same bytes, telling of every read. */
function watchedCopy(
  source: Buffer,
  inside: (at: number, size: number) => void,
): { bytes: Uint8Array; data: DataView } {
  const plain = viewOf(source);
  const bytes = new Proxy(source, {
    get(target, name) {
      const at = typeof name === 'string' ? Number(name) : Number.NaN;
      if (Number.isInteger(at)) {
        inside(at, 1);
        return target[at];
      }
      if (name === 'subarray')
        return (from: number, to: number) => (inside(from, to - from), target.subarray(from, to));
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  const data = new Proxy(plain, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (at: number, ...rest: unknown[]): unknown => {
        inside(at, String(name).endsWith('64') ? 8 : 4);
        return member.call(target, at, ...rest);
      };
    },
  });
  return { bytes, data };
}
