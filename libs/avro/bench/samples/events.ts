/** Random events of a writer schema as bytes, with a list of what must not be seen of them in a view. */
import type { AvroObject, AvroType } from '@citystreams/avro';
import { AvroBytes } from './bytes.js';
import { once, pick, type Tape } from './tape.js';
import { isSecret, showsEnds, type ViewFields, type Visible, visibilityBelow } from './visibility.js';
import { fieldsOf, kindOf, type WriterModel } from './writer.model.js';

export interface RandomEvent {
  body: Buffer;
  /** Byte strings that lie in values the view hides, each unlikely to be anywhere by chance. */
  secrets: Buffer[];
}

export interface EventOptions {
  /** Unusual block structure and numbers that are not in their shortest form. */
  unusual: boolean;
  /** Once in so many places the structure is wrong; absent: never. */
  spoilt?: number;
  /** Ids make every secret different from every other value. */
  nextId(): number;
}

const DEEPEST = 5;
/** Values of one event, roughly: types that contain themselves in several ways grow fast. */
const MOST_VALUES = 250;
const LETTERS = ['a', 'z', 'Z', '0', ' ', 'é', '深', '圳', '😀', '\u{1f9d1}', '\uffff', '\u0000'];

export function randomEvent(tape: Tape, writer: WriterModel, view: ViewFields, options: EventOptions): RandomEvent {
  const secrets: Buffer[] = [];
  const maker = new EventMaker(tape, writer, view, options, secrets);
  const to = new AvroBytes(tape, options.unusual ? 40 : 0, options.spoilt);
  maker.write(to, writer.record, { path: '', visible: 'kept', around: [], depth: 0 });
  return { body: to.done(), secrets };
}

interface Place {
  path: string;
  visible: Visible;
  /** The records around, each with the path it was met at. */
  around: readonly { record: AvroObject; path: string }[];
  depth: number;
}

class EventMaker {
  private values = 0;

  constructor(
    private readonly tape: Tape,
    private readonly writer: WriterModel,
    private readonly view: ViewFields,
    private readonly options: EventOptions,
    private readonly secrets: Buffer[],
  ) {}

  write(to: AvroBytes, type: AvroType, at: Place): void {
    this.values += 1;
    const plain = this.writer.plain(type);
    if (Array.isArray(plain)) return this.union(to, plain, at);
    if (typeof plain === 'string') return this.scalar(to, plain, at);
    switch (plain.type) {
      case 'record':
        return this.record(to, plain, at);
      case 'enum':
        return to.structural(this.tape.below((plain.symbols ?? []).length));
      case 'fixed':
        return this.fixed(to, Number(plain.size), at);
      case 'array':
        return this.items(to, at, (each, inner) => this.write(each, plain.items ?? 'null', inner));
      case 'map':
        return this.items(to, at, (each, inner, i) => {
          each.text(Buffer.from(`k${this.options.nextId()}_${i}`));
          this.write(each, plain.values ?? 'null', inner);
        });
      default:
        return this.scalar(to, kindOf(plain), at);
    }
  }

  private record(to: AvroBytes, record: AvroObject, at: Place): void {
    const outer = at.around.find((other) => other.record === record);
    const path = outer === undefined ? at.path : outer.path;
    const around = [...at.around, { record, path }];
    for (const field of fieldsOf(record)) {
      const below = path === '' ? field.name : `${path}.${field.name}`;
      const visible = visibilityBelow(this.view, below, at.visible);
      this.write(to, field.type, { path: below, visible, around, depth: at.depth + 1 });
    }
  }

  private isEnough(at: Place): boolean {
    return at.depth > DEEPEST || this.values > MOST_VALUES;
  }

  private union(to: AvroBytes, branches: readonly AvroType[], at: Place): void {
    const nullAt = branches.indexOf('null');
    const chosen = this.isEnough(at) && nullAt >= 0 ? nullAt : this.tape.below(branches.length);
    to.structural(chosen);
    this.write(to, branches[chosen] ?? 'null', at);
  }

  private items(to: AvroBytes, at: Place, write: (to: AvroBytes, at: Place, i: number) => void): void {
    const count = this.isEnough(at) ? 0 : this.tape.below(once(this.tape, 10) ? 9 : 4);
    const inner = { ...at, depth: at.depth + 1 };
    const items = Array.from({ length: count }, (_, i) => (each: AvroBytes) => write(each, inner, i));
    to.blocks(items, this.options.unusual && once(this.tape, 3));
  }

  private scalar(to: AvroBytes, kind: string, at: Place): void {
    const { tape } = this;
    switch (kind) {
      case 'boolean':
        return to.boolean(once(tape, 2));
      case 'int':
        return to.int(pick(tape, [0, 1, -1, 63, 64, -65, tape.below(2 ** 31), -tape.below(2 ** 31) - 1, 2 ** 31 - 1]));
      case 'long':
        return this.long(to, at);
      case 'float':
        return to.float(pick(tape, [0, -0, 1.5, -22.54, Number.NaN, Number.NEGATIVE_INFINITY, tape.below(1e6) / 7]));
      case 'double':
        return this.double(to, at);
      case 'bytes':
        return to.sized(this.secretBytes(tape.below(30), at));
      case 'string':
        return to.text(this.text(at));
      default:
    }
  }

  private long(to: AvroBytes, at: Place): void {
    const { tape } = this;
    const wide = (BigInt(tape.below(2 ** 31)) << 31n) | BigInt(tape.below(2 ** 31));
    const value = pick(tape, [
      0n,
      5n,
      -64n,
      1_700_000_000_000n,
      2n ** 53n + 1n,
      wide,
      -wide,
      2n ** 63n - 1n,
      -(2n ** 63n),
    ]);
    if (isSecret(at.visible) && value === wide && wide > 2n ** 50n) {
      const alone = new AvroBytes(tape, 0);
      alone.long(value);
      this.secrets.push(alone.done(), Buffer.from(String(value)));
    }
    to.long(value);
  }

  private double(to: AvroBytes, at: Place): void {
    const { tape } = this;
    const unique = (this.options.nextId() + 0.1) / 7;
    const value = pick(tape, [0, -0, 1.5, -113.98, Number.NaN, Number.POSITIVE_INFINITY, unique]);
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value);
    if (isSecret(at.visible) && value === unique) this.secrets.push(bytes);
    to.double(value);
  }

  private fixed(to: AvroBytes, size: number, at: Place): void {
    to.raw(this.secretBytes(size, at));
  }

  private secretBytes(size: number, at: Place): Buffer {
    const bytes = Buffer.from(Array.from({ length: size }, () => this.tape.below(256)));
    if (size < 10) return bytes;
    bytes.write(`#${String(this.options.nextId()).padStart(8, '0')}`, 0, 'latin1');
    if (isSecret(at.visible)) this.secrets.push(Buffer.from(bytes.subarray(0, 9)));
    return bytes;
  }

  /** Short and long texts; a marker in the middle, so far from both ends that no mask of the tests shows it. */
  private text(at: Place): Buffer {
    const { tape } = this;
    const some = (most: number): string => Array.from({ length: tape.below(most) }, () => pick(tape, LETTERS)).join('');
    if (once(tape, 5)) return Buffer.from(some(4));
    const marker = `<${String(this.options.nextId()).padStart(8, '0')}>`;
    const end = 'eeeeee';
    if (isSecret(at.visible) || showsEnds(at.visible)) this.secrets.push(Buffer.from(marker));
    return Buffer.from(end + some(once(tape, 8) ? 90 : 6) + marker + some(6) + end);
  }
}
