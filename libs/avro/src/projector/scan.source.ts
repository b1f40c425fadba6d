/**
 * The source of a scanner: one pass over an event that checks everything and writes down where each slot begins.
 *
 * Names in it: `b` bytes, `v` the same as DataView, `p` position, `e` end, `f` slots, `d` depth of recursion, `x`, `z`, `h`
 * scratch; `nI` items left, `sI` begin of block and `tI` its size at nesting depth I; `rI` the function of record I.
 *
 * What keeps it within the event without asking at every byte: whenever a value begins, the bytes that it and all that
 * follows it must at least have are known to be there. `rest` is that number for what follows; fixed sizes need no
 * question, and whatever turns out longer than its least asks once, with `e - rest` as its end.
 */
import type { AvroNode, EnumNode, FieldNode, RecordNode, UnionNode } from '../model.js';
import { DEEPEST } from './checked.js';
import { type Code, code } from './code.js';
import type { FieldSlot, Layout } from './layout.js';
import { leastBytesIn } from './least.js';

/** Fields in one generated function: the engine does not optimise functions beyond some size. */
const CHUNK = 64;

export function scannerSource(root: RecordNode, layout: Layout): Code {
  return new ScannerSource(root, layout).whole();
}

class ScannerSource {
  private readonly least: (node: AvroNode) => number;
  private readonly uses = new Map<RecordNode, number>();
  private readonly functions = new Map<RecordNode, { name: number; source: Code }>();

  constructor(
    private readonly root: RecordNode,
    private readonly layout: Layout,
  ) {
    this.least = leastBytesIn(root);
    this.count(root, []);
  }

  whole(): Code {
    const slots = leaves(this.layout.fields);
    const rests = this.restsOf(slots.map((s) => s.type));
    const steps = slots.map((s, i) => code`f[${s.slot}] = p; ${this.value(s.type, rests[i] ?? 0, 0)}`);
    const chunks: Code[][] = [];
    for (let i = 0; i < steps.length; i += CHUNK) chunks.push(steps.slice(i, i + CHUNK));
    const parts = chunks.map(
      (part, i) => code`function c${i}(b, v, p, e, f) { let x = 0, z = 0, h = 0; const d = 0; ${part} return p; }`,
    );
    const calls = chunks.map((_, i) => code`p = c${i}(b, v, p, e, f);`);
    const least = this.least(this.root);
    if (least === Number.POSITIVE_INFINITY) throw new RangeError('the schema has no finite value');
    const body = code`
      if (e - p < ${least}) throw fail('TRUNCATED');
      ${chunks.length === 1 ? code`let x = 0, z = 0, h = 0; const d = 0; ${chunks[0] ?? []}` : calls}
      f[${this.layout.slots - 1}] = p;
      if (p !== e) throw fail('TRAILING');`;
    return code`
      const { state, int, long, bytes, text, index, block, fail } = given;
      ${[...this.functions.values()].map((f) => f.source)}
      ${chunks.length === 1 ? [] : parts}
      return function scan(b, v, p, e, f) { ${body} };`;
  }

  /** Reads one value; `rest`: least bytes of all that follows it before `e`. */
  private value(node: AvroNode, rest: number, depth: number): Code {
    switch (node.kind) {
      case 'null':
        return code``;
      case 'boolean':
        return code`if (b[p++] > 1) throw fail('BOOLEAN');`;
      case 'int':
        return varint(code`int`, 4, rest);
      case 'long':
        return varint(code`long`, 9, rest);
      case 'float':
      case 'double':
      case 'fixed':
        return code`p += ${this.least(node)};`;
      case 'bytes':
        return code`p = bytes(b, p, e - ${rest});`;
      case 'string':
        return text(code`e - ${rest}`);
      case 'enum':
        return symbol(node, rest);
      case 'union':
        return this.union(node, rest, depth);
      case 'array':
        return this.blocks(node.items, code``, 0, rest, depth);
      case 'map':
        return this.blocks(node.values, text(code`e - ${this.afterKey(node.values, rest)}`), 1, rest, depth);
      default:
        return this.record(node, rest, depth);
    }
  }

  /** Bytes that must still follow a map's key: its value, the end of the map, and what comes after. */
  private afterKey(values: AvroNode, rest: number): number {
    const least = this.least(values);
    return rest + 1 + (least === Number.POSITIVE_INFINITY ? 0 : least);
  }

  private union(node: UnionNode, rest: number, depth: number): Code {
    const least = this.least(node) - 1;
    if (least === Number.POSITIVE_INFINITY) return code`throw fail('TRUNCATED');`;
    const branches = node.branches.map((branch, i) => {
      const size = this.least(branch);
      const enough =
        size === Number.POSITIVE_INFINITY
          ? code`throw fail('TRUNCATED');`
          : size > least
            ? code`if (p + ${size} > e - ${rest}) throw fail('TRUNCATED');`
            : code``;
      const inner = size === Number.POSITIVE_INFINITY ? code`` : this.value(branch, rest, depth);
      return code`case ${i * 2}: { ${enough} ${inner} break; }`;
    });
    return code`
      x = b[p];
      if (x < 128) p++;
      else { p = index(b, p, e - ${rest + least}, ${node.branches.length}, 'BRANCH'); x = state.value * 2; }
      switch (x) { ${branches} default: throw fail('BRANCH'); }`;
  }

  /** Items of a list, or with a key before each of a map; `before` is the least size of that key. */
  private blocks(item: AvroNode, key: Code, before: number, rest: number, depth: number): Code {
    const least = this.least(item) + before;
    const step =
      least === Number.POSITIVE_INFINITY
        ? code`throw fail('COUNT');`
        : code`
          if (p + ${least} > e - ${rest + 1}) throw fail('TRUNCATED');
          ${key}
          ${this.value(item, rest + 1, depth + 1)}`;
    const items = least === 0 ? code`` : code`for (; n${depth} > 0; n${depth}--) { ${step} }`;
    return code`
      if (b[p] === 0) p++;
      else {
        let n${depth} = 0, s${depth} = 0, t${depth} = 0;
        for (let i${depth} = 0; ; i${depth}++) {
          if (p > e - ${rest + 1}) throw fail('TRUNCATED');
          if (b[p] === 0) { p++; break; }
          if (i${depth} > 0) state.odd = true;
          p = block(b, p, e - ${rest}, ${least === Number.POSITIVE_INFINITY ? 1 : least});
          n${depth} = state.value; s${depth} = p; t${depth} = state.blockBytes;
          if (n${depth} === 0) break;
          ${items}
          if (t${depth} >= 0 && p - s${depth} !== t${depth}) throw fail('BLOCK_SIZE');
        }
      }`;
  }

  private record(node: RecordNode, rest: number, depth: number): Code {
    if ((this.uses.get(node) ?? 0) <= 1) return code`${this.fields(node.fields, rest, depth)}`;
    return code`p = r${this.functionOf(node)}(b, v, p, e - ${rest}, d + 1);`;
  }

  private fields(fields: readonly FieldNode[], rest: number, depth: number): Code[] {
    const rests = this.restsOf(fields.map((f) => f.type));
    return fields.map((f, i) => this.value(f.type, rest + (rests[i] ?? 0), depth));
  }

  /** A record that is met more than once has a function of its own, so that the source stays as long as the schema. */
  private functionOf(node: RecordNode): number {
    const known = this.functions.get(node);
    if (known !== undefined) return known.name;
    const name = this.functions.size;
    this.functions.set(node, { name, source: code`` });
    const source = code`function r${name}(b, v, p, e, d) {
      let x = 0, z = 0, h = 0;
      if (d > ${DEEPEST}) throw fail('DEPTH');
      ${this.fields(node.fields, 0, 0)}
      return p;
    }`;
    this.functions.set(node, { name, source });
    return name;
  }

  /** For each of a row of values the least bytes of those after it. */
  private restsOf(types: readonly AvroNode[]): number[] {
    const rests: number[] = [];
    let rest = 0;
    for (const type of types.toReversed()) {
      rests.unshift(rest);
      rest += this.least(type);
    }
    return rests;
  }

  private count(node: AvroNode, above: readonly RecordNode[]): void {
    if (node.kind === 'array') return this.count(node.items, above);
    if (node.kind === 'map') return this.count(node.values, above);
    if (node.kind === 'union') return node.branches.forEach((branch) => this.count(branch, above));
    if (node.kind !== 'record') return;
    const uses = this.uses.get(node) ?? 0;
    this.uses.set(node, uses + 1);
    if (uses === 0) for (const field of node.fields) this.count(field.type, [...above, node]);
  }
}

/**
 * Numbers of several bytes, here up to `most`; all that is near the end, longer or not in its shortest form (a last
 * byte of 0) goes to the function.
 */
const varint = (slow: Code, most: number, rest: number): Code => code`
  if (b[p] < 128) p++;
  else if (p + ${most} > e - ${rest}) p = ${slow}(b, p, e - ${rest});
  else {
    z = p++;
    while (b[p] > 127 && p - z < ${most - 1}) p++;
    if (((b[p] - 1) >>> 0) < 127) p++; else p = ${slow}(b, z, e - ${rest});
  }`;

/**
 * Texts of up to 63 bytes that are ASCII, four bytes at a time, the last four once more instead of one by one. Written
 * out at each place: a call would cost more than the check.
 */
const text = (end: Code): Code => code`
  x = b[p]; z = p + 1 + (x >>> 1);
  if ((x & 129) === 0 && z <= ${end}) {
    x = p++; h = 0;
    if (z - p > 3) {
      for (; p + 8 <= z; p += 8) h |= v.getInt32(p) | v.getInt32(p + 4);
      if (p + 4 <= z) h |= v.getInt32(p);
      h |= v.getInt32(z - 4);
    } else while (p < z) h |= b[p++];
    p = (h & 0x80808080) === 0 ? z : text(b, v, x, ${end});
  } else p = text(b, v, p, ${end});`;

/** Few symbols need one byte; an index in another form than the shortest takes the long way. */
function symbol({ symbols }: EnumNode, rest: number): Code {
  const long = code`p = index(b, p, e - ${rest}, ${symbols.length}, 'SYMBOL');`;
  return code`x = b[p]; if (x < ${Math.min(128, symbols.length * 2)} && (x & 1) === 0) p++; else { ${long} }`;
}

/** The slots in the order of the bytes. */
const leaves = (fields: readonly FieldSlot[]): FieldSlot[] =>
  fields.flatMap((field) => (field.inner === null ? [field] : leaves(field.inner)));
