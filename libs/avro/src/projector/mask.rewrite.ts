/** Masks on bytes: read one value, write what the view shows instead. */
import type { FieldMask } from '../masks/field.mask.js';
import type { LeafRule } from '../masks/leaf.rule.js';
import { firstAndLast, firstCharacters } from '../masks/text.js';
import type { AvroNode, EnumNode } from '../model.js';
import type { Pseudonyms, PseudonymsOf } from './pseudonym.js';
import type { Reader } from './reader.js';
import { Scratch } from './scratch.js';
import type { Skips } from './skip.js';
import { writePartial, writePrefix } from './text.bytes.js';

export type Rewrite = (from: Reader, to: Scratch) => void;

export interface MaskTools {
  skips: Skips;
  pseudonyms: PseudonymsOf;
}

export function compileMask(node: AvroNode, mask: FieldMask, tools: MaskTools): Rewrite {
  switch (mask.at) {
    case 'null': {
      const skip = tools.skips.of(node);
      return (from, to) => {
        skip(from);
        to.byte(0);
      };
    }
    case 'items':
      return items(compileMask(node.kind === 'array' ? node.items : node, mask.items, tools));
    case 'union': {
      const { branch } = mask;
      const inner = compileMask(node.kind === 'union' ? (node.branches[branch] ?? node) : node, mask.inner, tools);
      return (from, to) => {
        const chosen = from.number();
        to.number(chosen);
        if (chosen === branch) inner(from, to);
      };
    }
    case 'always': {
      const skip = tools.skips.of(node);
      if (mask.inner.at !== 'leaf') throw new RangeError('a constant stands for one value');
      const write = constant(mask.inner.node, mask.inner.rule);
      return (from, to) => {
        skip(from);
        write(from, to);
      };
    }
    default:
      return leaf(mask.node, mask.rule, tools);
  }
}

/** The items of a list in canonical form, one by one. */
export const items =
  (item: Rewrite): Rewrite =>
  (from, to) => {
    const count = from.number();
    to.number(count);
    if (count === 0) return;
    for (let i = 0; i < count; i += 1) item(from, to);
    from.at += 1;
    to.byte(0);
  };

function leaf(node: AvroNode, rule: LeafRule, tools: MaskTools): Rewrite {
  if (rule.does === 'constant') {
    const skip = tools.skips.of(node);
    const write = constant(node, rule);
    return (from, to) => {
      skip(from);
      write(from, to);
    };
  }
  switch (node.kind) {
    case 'int':
    case 'long':
      return rule.does === 'floor' ? floor(rule) : integerPseudonym(rule, tools);
    case 'float':
    case 'double':
      if (rule.does !== 'step') break;
      return step(node.kind, rule.step);
    case 'enum':
      return symbols(node, rule, tools);
    case 'string':
      return text(rule, tools);
    case 'bytes':
      return text(rule, tools);
    case 'fixed': {
      const { size } = node;
      const { pseudonyms, shown } = pseudonym(rule, tools);
      return (from, to) => {
        pseudonyms.write(from.bytes, from.at, from.at + size, shown, to);
        from.at += size;
      };
    }
    default:
  }
  throw new RangeError('the mask does not fit the type');
}

function constant(node: AvroNode, rule: LeafRule): Rewrite {
  if (rule.does !== 'constant') throw new RangeError('not a constant');
  const { value } = rule;
  const one = new Scratch(4096);
  if (node.kind === 'enum') one.number(node.symbols.indexOf(String(value)));
  else if (typeof value === 'boolean') one.byte(value ? 1 : 0);
  else if (typeof value === 'string') one.text(value);
  else if (node.kind === 'float') one.float(Number(value));
  else if (node.kind === 'double') one.double(Number(value));
  else one.long(value);
  const bytes = Buffer.from(one.bytes.subarray(0, one.at));
  return (_from, to) => to.copy(bytes, 0, bytes.length);
}

function floor({ size, offset, bits }: Extract<LeafRule, { does: 'floor' }>): Rewrite {
  const exact = Number(size) + Math.abs(Number(offset)) < 2 ** 52;
  const least = -(2 ** (bits - 1));
  const [step, shift] = [Number(size), Number(offset)];
  return (from, to) => {
    const value = from.long();
    if (exact && typeof value === 'number' && Math.abs(value) < 2 ** 52) {
      const over = (value + shift) % step;
      to.long(Math.max(least, value - (over < 0 ? over + step : over)));
    } else {
      const wide = BigInt(value);
      const over = (wide + offset) % size;
      const down = wide - (over < 0n ? over + size : over);
      to.long(down < BigInt(least) ? BigInt(least) : down);
    }
  };
}

function integerPseudonym(rule: LeafRule, tools: MaskTools): Rewrite {
  const { pseudonyms, shown } = pseudonym(rule, tools);
  const digits = Buffer.alloc(20);
  return (from, to) => pseudonyms.write(digits, 0, digits.write(String(from.long()), 'latin1'), shown, to);
}

function step(kind: 'float' | 'double', size: number): Rewrite {
  return kind === 'float'
    ? (from, to) => to.float(Math.floor(from.float() / size) * size)
    : (from, to) => to.double(Math.floor(from.double() / size) * size);
}

/** Few values: each is masked once. */
function symbols(node: EnumNode, rule: LeafRule, tools: MaskTools): Rewrite {
  const shown = node.symbols.map((symbol) => {
    const one = new Scratch(8192);
    const bytes = Buffer.from(symbol);
    if (rule.does === 'pseudonym') {
      const { pseudonyms } = pseudonym(rule, tools);
      pseudonyms.write(bytes, 0, bytes.length, rule.text, one);
    } else one.text(textOf(symbol, rule));
    return Buffer.from(one.bytes.subarray(0, one.at));
  });
  return (from, to) => {
    const bytes = shown[from.number()]!;
    to.copy(bytes, 0, bytes.length);
  };
}

function textOf(symbol: string, rule: LeafRule): string {
  switch (rule.does) {
    case 'characters':
      return firstCharacters(symbol, rule.count);
    case 'partial':
      return firstAndLast(symbol, rule.first, rule.last);
    case 'groups':
      return rule.groups.get(symbol) ?? rule.otherwise;
    default:
      throw new RangeError('the mask does not fit an enum');
  }
}

function text(rule: LeafRule, tools: MaskTools): Rewrite {
  const write = textWriter(rule, tools);
  return (from, to) => {
    const length = from.number();
    const start = from.at;
    from.at = start + length;
    write(from.bytes, start, start + length, to);
  };
}

function textWriter(
  rule: LeafRule,
  tools: MaskTools,
): (b: Uint8Array, start: number, end: number, to: Scratch) => void {
  switch (rule.does) {
    case 'characters':
      return (b, start, end, to) => writePrefix(b, start, end, rule.count, to);
    case 'partial':
      return (b, start, end, to) => writePartial(b, start, end, rule.first, rule.last, to);
    case 'groups': {
      const { groups, otherwise } = rule;
      return (b, start, end, to) => {
        const value = Buffer.from(b.buffer, b.byteOffset + start, end - start).toString('utf8');
        to.text(groups.get(value) ?? otherwise);
      };
    }
    default: {
      const { pseudonyms, shown } = pseudonym(rule, tools);
      return (b, start, end, to) => pseudonyms.write(b, start, end, shown, to);
    }
  }
}

function pseudonym(rule: LeafRule, { pseudonyms }: MaskTools): { pseudonyms: Pseudonyms; shown: 'hex' | 'base64url' } {
  if (rule.does !== 'pseudonym') throw new RangeError('the mask does not fit the type');
  return { pseudonyms: pseudonyms(rule.key), shown: rule.text };
}
