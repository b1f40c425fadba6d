/**
 * The lattice of masks: which shows less than which, for a field of a given type.
 *
 * `a` is coarser than or equal to `b` when, for every two values of the type that `b` shows alike, `a` shows them alike
 * too (so that what `a` shows could be worked out from what `b` shows), and when `a` makes nothing linkable that `b`
 * does not. From the finest:
 *
 *     keep  <  pseudonym per purpose  <  pseudonym per entitlement  <  masks that hide all but null
 *     keep  <  less exact (time, step, first characters, groups, both ends)  <  masks that hide all but null
 *     masks that hide all but null  <  null, constant  <  drop
 *
 * It answers yes only where that is sure; two masks that it calls incomparable may still be comparable.
 *
 * Numbers with a fraction are divided in binary floating point: there a step is coarser only if it is the other one
 * doubled some times, because then both divisions are the same but for the exponent. For values of more than 2^51 steps
 * (2^22 for a float), or so small that the division underflows, the last binary digit may differ.
 */
import { type AvroNode, compileValueMask, type LeafRule } from '@citystreams/avro';
import type { Mask } from '@citystreams/contracts';
import { type Shown, shownBy } from './shown.js';

const RANK: Record<Shown['shows'], number> = { all: 0, part: 0, nothing: 1, absent: 2 };

/** False also when one of them does not fit the type. */
export function isCoarserOrEqual(a: Mask, b: Mask, node: AvroNode): boolean {
  const [one, other] = [shownBy(a, node), shownBy(b, node)];
  return one !== null && other !== null && isLess(one, other);
}

function isLess(a: Shown, b: Shown): boolean {
  if (RANK[a.shows] !== RANK[b.shows]) return RANK[a.shows] > RANK[b.shows];
  if (b.shows !== 'part') return a.shows === b.shows || b.shows === 'all';
  return a.shows === 'part' && isCoarserRule(a.rule, b.rule, b.node);
}

function isCoarserRule(a: LeafRule, b: LeafRule, node: AvroNode): boolean {
  if (b.does === 'pseudonym')
    return a.does === 'pseudonym' ? a.key.per === b.key.per || a.key.per === 'entitlement' : hidesAllButNull(a, node);
  if (a.does === 'pseudonym') return false;
  if (node.kind === 'enum') return isCoarserOn(node.symbols, a, b, node);
  if (hidesAllButNull(a, node)) return true;
  switch (b.does) {
    case 'floor':
      return a.does === 'floor' && a.size % b.size === 0n && (a.offset - b.offset) % b.size === 0n;
    case 'step':
      return a.does === 'step' && isDoubled(a.step, b.step);
    case 'characters':
      return isCoarserThanPrefix(a, b.count);
    case 'partial':
      return a.does === 'partial' && a.first === b.first && a.last === b.last;
    case 'groups':
      return a.does === 'groups' && isCoarserGrouping(a, b);
    default:
      return false;
  }
}

/** Few values: each is tried. */
function isCoarserOn(symbols: readonly string[], a: LeafRule, b: LeafRule, node: AvroNode): boolean {
  const [less, more] = [a, b].map((rule) => compileValueMask({ at: 'leaf', node, rule }, null));
  const classes = new Map<unknown, unknown>();
  return symbols.every((symbol) => {
    const shown = more?.(symbol);
    if (!classes.has(shown)) classes.set(shown, less?.(symbol));
    return classes.get(shown) === less?.(symbol);
  });
}

/** Shows the same of every value but null. */
function hidesAllButNull(rule: LeafRule, node: AvroNode): boolean {
  switch (rule.does) {
    case 'characters':
      return rule.count === 0;
    case 'partial':
      return rule.first === 0 && rule.last === 0;
    case 'groups': {
      if (node.kind !== 'enum') return [...rule.groups.values()].every((group) => group === rule.otherwise);
      return new Set(node.symbols.map((symbol) => rule.groups.get(symbol) ?? rule.otherwise)).size <= 1;
    }
    default:
      return false;
  }
}

function isDoubled(step: number, of: number): boolean {
  let doubled = of;
  while (doubled < step) doubled *= 2;
  return doubled === step;
}

/** From the first `count` characters: a text that is shorter is known whole, and that it is. */
function isCoarserThanPrefix(a: LeafRule, count: number): boolean {
  switch (a.does) {
    case 'characters':
      return a.count <= count;
    case 'partial':
      return a.last === 0 && a.first < count;
    case 'groups':
      return [...a.groups].every(([text, group]) => group === a.otherwise || Array.from(text).length < count);
    default:
      return false;
  }
}

type Groups = Extract<LeafRule, { does: 'groups' }>;

/** Every group of `b`, that of all other texts included, lies in one group of `a`. */
function isCoarserGrouping(a: Groups, b: Groups): boolean {
  const within = new Map([[b.otherwise, a.otherwise]]);
  const texts = new Set([...a.groups.keys(), ...b.groups.keys()]);
  return [...texts].every((text) => {
    const [wide, narrow] = [a.groups.get(text) ?? a.otherwise, b.groups.get(text) ?? b.otherwise];
    if (!within.has(narrow)) within.set(narrow, wide);
    return within.get(narrow) === wide;
  });
}
