/** Random writer schemas: every type of Avro, wide unions and enums, types that are used twice or in themselves. */
import type { AvroField, AvroObject, AvroRecord, AvroType } from '@citystreams/avro';
import { once, pick, type Tape } from './tape.js';

const SCALARS = ['string', 'int', 'long', 'double', 'boolean', 'bytes', 'float', 'null'] as const;
const TIMES = ['timestamp-millis', 'timestamp-micros', 'local-timestamp-millis', 'time-micros'] as const;
/** Words that mean something to the engine or to generated source. */
const NAMES = ['b', 'p', 'e', 'f', 'x', 'class', 'return', 'given', 'toString', 'valueOf', 'f0', 'name', 'length'];
const DEEPEST = 3;

export function randomWriter(tape: Tape): AvroRecord {
  return new SchemaMaker(tape).writer();
}

class SchemaMaker {
  private named = 0;
  /** Names that may be referred to, and those of the records that are being made. */
  private readonly finished: string[] = [];
  private readonly open: string[] = [];

  constructor(private readonly tape: Tape) {}

  writer(): AvroRecord {
    return this.record(0, 1 + this.tape.below(once(this.tape, 12) ? 90 : 7));
  }

  private record(depth: number, size = 1 + this.tape.below(4)): AvroRecord {
    const name = `Type${this.named++}`;
    this.open.push(name);
    const fields = Array.from({ length: size }, (_, i) => this.field(i, depth));
    this.open.pop();
    this.finished.push(name);
    return { type: 'record', name, ...(depth === 0 && { namespace: 'city.test' }), fields };
  }

  private field(i: number, depth: number): AvroField {
    const { tape } = this;
    const name = once(tape, 3) ? `${pick(tape, NAMES)}${i === 0 ? '' : i}` : `field${i}`;
    const type = this.type(depth);
    const value = once(tape, 3) ? defaultOf(type) : undefined;
    return { name, type, ...(value !== undefined && { default: value }) };
  }

  private type(depth: number): AvroType {
    const { tape } = this;
    switch (tape.below(depth < DEEPEST ? 14 : 8)) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
        return this.scalar();
      case 5:
      case 6:
        return this.nullable(depth);
      case 7:
        return this.enumeration(once(tape, 8) ? 65 + tape.below(140) : 1 + tape.below(5));
      case 8:
        return this.record(depth + 1);
      case 9:
        return { type: 'array', items: this.type(depth + 1) };
      case 10:
        return { type: 'map', values: this.type(depth + 1) };
      case 11:
        return this.fixed();
      case 12:
        return once(tape, 4) ? this.wide() : this.choice(depth);
      default:
        return this.again();
    }
  }

  private scalar(): AvroType {
    const { tape } = this;
    if (once(tape, 6)) return { type: 'long', logicalType: pick(tape, TIMES) };
    return pick(tape, SCALARS);
  }

  /** Null and one other type, in either order. */
  private nullable(depth: number): AvroType {
    const inner = this.branch(depth);
    return once(this.tape, 4) ? [inner, 'null'] : ['null', inner];
  }

  private branch(depth: number): AvroType {
    const before = this.finished.length;
    const type = this.type(depth + 1);
    if (type !== 'null' && !Array.isArray(type)) return type;
    // What it defined goes with it.
    this.finished.length = before;
    return 'string';
  }

  /** Several branches, also such that a library needs wrapping to tell apart. */
  private choice(depth: number): AvroType {
    const { tape } = this;
    const branches: AvroType[] = once(tape, 2) ? ['null'] : [];
    for (const type of ['string', 'long', 'double', 'boolean', 'int', 'bytes'] as const)
      if (once(tape, 3)) branches.push(type);
    if (once(tape, 2)) branches.push(this.record(depth + 1));
    if (once(tape, 3)) branches.push(this.record(depth + 1));
    if (once(tape, 4)) branches.push({ type: 'array', items: this.type(depth + 1) });
    if (once(tape, 3)) branches.push(this.enumeration(3));
    return branches.length === 0 ? ['null', 'string'] : branches;
  }

  /** More branches than one byte can count. */
  private wide(): AvroType {
    return ['null', 'string', ...Array.from({ length: 66 }, () => this.fixed(1))];
  }

  private enumeration(size: number): AvroObject {
    return this.name({ type: 'enum', symbols: Array.from({ length: size }, (_, i) => `S${i}`) });
  }

  private fixed(size = this.tape.below(20)): AvroObject {
    return this.name({ type: 'fixed', size });
  }

  private name(type: AvroObject): AvroObject {
    const name = `Type${this.named++}`;
    this.finished.push(name);
    return { ...type, name };
  }

  /** A type that was made before, or an enclosing record where a value can still end. */
  private again(): AvroType {
    const { tape } = this;
    if (this.finished.length > 0 && once(tape, 2)) return pick(tape, this.finished);
    const name = pick(tape, this.open);
    return pick<AvroType>(tape, [['null', name], { type: 'array', items: name }, { type: 'map', values: name }]);
  }
}

function defaultOf(type: AvroType): unknown {
  if (Array.isArray(type)) return type[0] === 'null' ? null : undefined;
  if (type === 'string') return 'default';
  if (type === 'int' || type === 'long') return 7_200_001;
  if (type === 'double') return 1.5;
  if (typeof type === 'object' && type.type === 'array') return [];
  return undefined;
}
