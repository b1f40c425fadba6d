/** JSON values to Avro binary, or everything about them that does not fit. */
import { BytesWriter } from './bytes.writer.js';
import { decimalUnscaled, twosComplementBytes } from './decimal.js';
import type { FieldNode, Node, Primitive } from './node.js';
import { Numeral } from './numeral.js';
import { dateDays, stampTicks, timeTicks } from './ticks.js';
import { doubleOf, expectedOf, isMembers, isText, kindOf, looksLike, wholeOf } from './value.shapes.js';
import { writeDefault } from './defaults.js';

export interface JsonViolation {
  /** Path of the field in the event, joined by dots; empty for the event itself. */
  path: string;
  expected: string;
  /** Kind of the value found, never the value: it may be personal. */
  found: string;
}

const DEEPEST = 512;
const LONG = 64;
const INT = 32;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function bytesOf(
  node: Node,
  value: unknown,
): { ok: true; body: Buffer } | { ok: false; violations: JsonViolation[] } {
  const writer = new ValueWriter();
  writer.value(node, value, '', 0);
  return writer.violations.length > 0
    ? { ok: false, violations: writer.violations }
    : { ok: true, body: writer.out.end() };
}

class ValueWriter {
  readonly out = new BytesWriter();
  readonly violations: JsonViolation[] = [];

  value(node: Node, value: unknown, path: string, depth: number): void {
    if (depth > DEEPEST) return this.refuse(path, `at most ${DEEPEST} levels`, value);
    const { out } = this;
    switch (node.kind) {
      case 'null':
        return value === null ? undefined : this.refuse(path, 'null', value);
      case 'boolean':
        return typeof value === 'boolean' ? out.boolean(value) : this.refuse(path, 'boolean', value);
      case 'int':
      case 'long':
        return this.whole(node.kind, value, path);
      case 'float':
      case 'double': {
        const number = doubleOf(value, node.kind);
        return number === null ? this.refuse(path, node.kind, value) : out[node.kind](number);
      }
      case 'string':
        return isText(value) ? out.string(value) : this.refuse(path, 'string', value);
      case 'bytes':
      case 'fixed':
        return this.bytes(node, value, path);
      case 'enum': {
        const index = typeof value === 'string' ? node.symbols.indexOf(value) : -1;
        return index < 0 ? this.refuse(path, `one of ${node.symbols.join(', ')}`, value) : out.int(index);
      }
      case 'record':
        return this.record(node.fields, value, path, depth);
      case 'array':
        return this.array(node.items, value, path, depth);
      case 'map':
        return this.map(node.values, value, path, depth);
      case 'union':
        return this.union(node, value, path, depth);
      default:
        return this.logical(node, value, path);
    }
  }

  private whole(kind: 'int' | 'long', value: unknown, path: string): void {
    const number = wholeOf(value);
    const bits = kind === 'int' ? INT : LONG;
    if (number === null || BigInt.asIntN(bits, number) !== number) return this.refuse(path, kind, value);
    this.out.long(number);
  }

  private bytes(node: Extract<Node, { kind: 'fixed' }> | { kind: Primitive }, value: unknown, path: string): void {
    const bytes = typeof value === 'string' && BASE64.test(value) ? Buffer.from(value, 'base64') : null;
    if (bytes === null) return this.refuse(path, 'base64', value);
    if (!('size' in node)) return this.out.block(bytes);
    if (bytes.length !== node.size) return this.refuse(path, `base64 of ${node.size} bytes`, value);
    this.out.raw(bytes);
  }

  private record(fields: readonly FieldNode[], value: unknown, path: string, depth: number): void {
    if (!isMembers(value)) return this.refuse(path, 'object', value);
    for (const { name, type, ...rest } of fields) {
      if (Object.hasOwn(value, name)) this.value(type, value[name], below(path, name), depth + 1);
      else if ('default' in rest) this.byDefault(type, rest.default, below(path, name));
      else this.refuse(below(path, name), expectedOf(type), undefined);
    }
    const known = new Set(fields.map(({ name }) => name));
    for (const name of Object.keys(value)) {
      if (!known.has(name)) this.refuse(below(path, name), 'no such field', value[name]);
    }
  }

  private array(items: Node, value: unknown, path: string, depth: number): void {
    if (!Array.isArray(value)) return this.refuse(path, 'array', value);
    if (value.length > 0) this.out.int(value.length);
    for (const [i, item] of value.entries()) this.value(items, item, below(path, String(i)), depth + 1);
    this.out.int(0);
  }

  private map(values: Node, value: unknown, path: string, depth: number): void {
    if (!isMembers(value)) return this.refuse(path, 'object', value);
    const members = Object.entries(value);
    if (members.length > 0) this.out.int(members.length);
    for (const [key, member] of members) {
      if (!isText(key)) this.refuse(path, 'keys of Unicode text', value);
      this.out.string(key);
      this.value(values, member, below(path, key), depth + 1);
    }
    this.out.int(0);
  }

  private union(node: Node & { kind: 'union' }, value: unknown, path: string, depth: number): void {
    if (node.tagged && value !== null) return this.tagged(node.branches, value, path, depth);
    const index = node.branches.findIndex((branch) => looksLike(branch, value));
    const branch = node.branches[index];
    if (branch === undefined) return this.refuse(path, node.branches.map(expectedOf).join(' or '), value);
    this.out.int(index);
    this.value(branch, value, path, depth + 1);
  }

  private tagged(branches: readonly Node[], value: unknown, path: string, depth: number): void {
    const [tag, ...more] = isMembers(value) ? Object.keys(value) : [];
    const index = more.length > 0 ? -1 : branches.findIndex(({ name, kind }) => kind !== 'null' && name === tag);
    const branch = branches[index];
    if (branch === undefined || tag === undefined) {
      const names = branches.map(({ kind, name }) => (kind === 'null' ? 'null' : `{"${name}": ...}`));
      return this.refuse(path, names.join(' or '), value);
    }
    this.out.int(index);
    this.value(branch, (value as Record<string, unknown>)[tag], below(path, tag), depth + 1);
  }

  private logical(node: Node, value: unknown, path: string): void {
    switch (node.kind) {
      case 'decimal': {
        const text = value instanceof Numeral ? value.source : typeof value === 'number' ? String(value) : value;
        const unscaled = typeof text === 'string' ? decimalUnscaled(text, node.precision, node.scale) : null;
        const bytes = unscaled === null ? null : twosComplementBytes(unscaled, node.size);
        if (bytes === null) return this.refuse(path, expectedOf(node), value);
        return node.size === null ? this.out.block(bytes) : this.out.raw(bytes);
      }
      case 'date':
        return this.ticks(node, INT, typeof value === 'string' ? dateDays(value) : null, value, path);
      case 'time': {
        const ticks = typeof value === 'string' ? timeTicks(value, node.digits) : null;
        return this.ticks(node, node.digits === 3 ? INT : LONG, ticks, value, path);
      }
      case 'timestamp': {
        const ticks = typeof value === 'string' ? stampTicks(value, node.digits, node.local) : null;
        return this.ticks(node, LONG, ticks, value, path);
      }
      case 'duration':
        return this.duration(value, path);
      case 'uuid': {
        if (typeof value !== 'string' || (node.fixed ? !UUID.test(value) : !isText(value)))
          return this.refuse(path, 'uuid', value);
        return node.fixed ? this.out.raw(Buffer.from(value.replaceAll('-', ''), 'hex')) : this.out.string(value);
      }
      default:
        throw new RangeError(`${node.kind} is no logical type`);
    }
  }

  /** Text in its own form, or the bare number, which also reaches beyond the years that text can say. */
  private ticks(node: Node, bits: number, ofText: bigint | null, value: unknown, path: string): void {
    const ticks = ofText ?? wholeOf(value);
    if (ticks === null || BigInt.asIntN(bits, ticks) !== ticks) return this.refuse(path, expectedOf(node), value);
    this.out.long(ticks);
  }

  private duration(value: unknown, path: string): void {
    const bytes = Buffer.alloc(12);
    if (!isMembers(value) || Object.keys(value).length !== 3) return this.refuse(path, expectedOf(DURATION), value);
    for (const [i, part] of ['months', 'days', 'millis'].entries()) {
      const number = wholeOf(Object.hasOwn(value, part) ? value[part] : undefined);
      if (number === null || number < 0n || number > 0xffff_ffffn)
        return this.refuse(below(path, part), 'a whole number up to 2^32 - 1', value[part]);
      bytes.writeUInt32LE(Number(number), i * 4);
    }
    this.out.raw(bytes);
  }

  private byDefault(type: Node, value: unknown, path: string): void {
    if (!writeDefault(type, value, this.out))
      this.refuse(path, `${expectedOf(type)}; its default does not fit`, undefined);
  }

  private refuse(path: string, expected: string, found: unknown): void {
    this.violations.push({ path, expected, found: kindOf(found) });
  }
}

const DURATION: Node = { kind: 'duration', name: 'duration' };

const below = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);
