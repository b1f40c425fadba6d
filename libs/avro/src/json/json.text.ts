/** Avro binary to JSON text. */
import { BytesReader } from './bytes.reader.js';
import { decimalText, twosComplement } from './decimal.js';
import type { Node } from './node.js';
import { dateText, stampText, timeText } from './ticks.js';

/** More than any event; keeps hostile bytes (an array of a billion nulls) from being unfolded. */
const MOST_VALUES = 5_000_000;
const DEEPEST = 512;

/** Throws RangeError where the bytes are not exactly one value of the type. */
export function textOf(node: Node, body: Buffer): string {
  const reader = new BytesReader(body);
  const text = new TextWriter(reader).value(node, 0);
  if (reader.left > 0) throw new RangeError(`${reader.left} bytes are left over`);
  return text;
}

class TextWriter {
  private values = 0;

  constructor(private readonly reader: BytesReader) {}

  value(node: Node, depth: number): string {
    this.values += 1;
    if (this.values > MOST_VALUES) throw new RangeError(`more than ${MOST_VALUES} values`);
    if (depth > DEEPEST) throw new RangeError(`nested deeper than ${DEEPEST}`);
    const { reader } = this;
    switch (node.kind) {
      case 'null':
        return 'null';
      case 'boolean':
        return String(reader.boolean());
      case 'int':
        return String(reader.int());
      case 'long':
        return longText(reader.long());
      case 'float':
        return doubleText(reader.float());
      case 'double':
        return doubleText(reader.double());
      case 'string':
        return JSON.stringify(reader.string());
      case 'bytes':
        return JSON.stringify(reader.block().toString('base64'));
      case 'fixed':
        return JSON.stringify(reader.take(node.size).toString('base64'));
      case 'enum':
        return JSON.stringify(this.pick(node.symbols));
      case 'record': {
        const members = node.fields.map(({ name, type }) => `${JSON.stringify(name)}:${this.value(type, depth + 1)}`);
        return `{${members.join(',')}}`;
      }
      case 'array':
        return `[${this.items(() => this.value(node.items, depth + 1)).join(',')}]`;
      case 'map': {
        const member = (): string => `${JSON.stringify(reader.string())}:${this.value(node.values, depth + 1)}`;
        return `{${this.items(member).join(',')}}`;
      }
      case 'union': {
        const branch = this.pick(node.branches);
        const text = this.value(branch, depth + 1);
        return node.tagged && branch.kind !== 'null' ? `{${JSON.stringify(branch.name)}:${text}}` : text;
      }
      default:
        return this.logical(node);
    }
  }

  private logical(node: Node): string {
    const { reader } = this;
    switch (node.kind) {
      case 'decimal': {
        const bytes = node.size === null ? reader.block() : reader.take(node.size);
        return JSON.stringify(decimalText(twosComplement(bytes), node.scale));
      }
      case 'date': {
        const days = BigInt(reader.int());
        return quotedOr(dateText(days), days);
      }
      case 'time': {
        const ticks = node.digits === 3 ? BigInt(reader.int()) : reader.long();
        return quotedOr(timeText(ticks, node.digits), ticks);
      }
      case 'timestamp': {
        const ticks = reader.long();
        return quotedOr(stampText(ticks, node.digits, node.local), ticks);
      }
      case 'duration': {
        const bytes = reader.take(12);
        const [months, days, millis] = [bytes.readUInt32LE(0), bytes.readUInt32LE(4), bytes.readUInt32LE(8)];
        return JSON.stringify({ months, days, millis });
      }
      case 'uuid':
        return JSON.stringify(node.fixed ? uuidText(reader.take(16)) : reader.string());
      default:
        throw new RangeError(`${node.kind} is no logical type`);
    }
  }

  private items(item: () => string): string[] {
    const items: string[] = [];
    for (let left = this.reader.count(); left > 0; left = this.reader.count()) {
      if (items.length + left > MOST_VALUES) throw new RangeError(`more than ${MOST_VALUES} values`);
      for (; left > 0; left -= 1) items.push(item());
    }
    return items;
  }

  private pick<T>(choices: readonly T[]): T {
    const choice = choices[Number(this.reader.long())];
    if (choice === undefined) throw new RangeError('an enum or a union has no such branch');
    return choice;
  }
}

/** A number while every reader of JSON keeps it exact, digits in a string beyond. */
const longText = (value: bigint): string =>
  BigInt(Number.MAX_SAFE_INTEGER) >= value && value >= BigInt(Number.MIN_SAFE_INTEGER)
    ? String(value)
    : JSON.stringify(String(value));

function doubleText(value: number): string {
  if (!Number.isFinite(value)) return JSON.stringify(String(value));
  return Object.is(value, -0) ? '-0' : String(value);
}

const quotedOr = (text: string | null, ticks: bigint): string =>
  text === null ? longText(ticks) : JSON.stringify(text);

const uuidText = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
