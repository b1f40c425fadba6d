/** The finest mask that shows no more than either of two. */
import { type AvroNode, compileValueMask, type LeafRule } from '@citystreams/avro';
import type { Mask } from '@citystreams/contracts';
import { canonicalMask } from './canonical.js';
import { isCoarserOrEqual } from './order.js';
import { type Shown, shownBy } from './shown.js';

const NULL: Mask = { kind: 'null' };
/** A text of which nothing is shown but whether it is null. */
const HIDDEN_TEXT: Mask = { kind: 'partial', first: 0, last: 0 };
type Part = Extract<Shown, { shows: 'part' }>;

/**
 * Coarser than or equal to both, and finer than every other such mask that can be written; between times that begin
 * their days at different clocks there is none but `null`. Throws RangeError when one does not fit the type.
 */
export function joinMasks(one: Mask, other: Mask, node: AvroNode): Mask {
  const [a, b] = inOrder(canonicalMask(one), canonicalMask(other));
  const [shownA, shownB] = [shownBy(a, node), shownBy(b, node)];
  if (shownA === null || shownB === null) throw new RangeError('a mask does not fit the field');
  const [aOverB, bOverA] = [isCoarserOrEqual(a, b, node), isCoarserOrEqual(b, a, node)];
  if (aOverB && bOverA) return b.kind === 'null' ? b : a;
  if (aOverB) return a;
  if (bOverA) return b;
  return shownA.shows === 'part' && shownB.shows === 'part' ? joined(shownA, shownB) : NULL;
}

/** Whichever is named first, the answer is the same. */
const inOrder = (a: Mask, b: Mask): [Mask, Mask] => (JSON.stringify(a) <= JSON.stringify(b) ? [a, b] : [b, a]);

function joined({ rule: a, node }: Part, { rule: b }: Part): Mask {
  if (a.does === 'floor' && b.does === 'floor') return multiple(a, b);
  if (node.kind !== 'string' && node.kind !== 'enum') return NULL;
  if (a.does === 'pseudonym' || b.does === 'pseudonym') return HIDDEN_TEXT;
  if (node.kind === 'enum') return merged(node.symbols, a, b, node, false);
  if (a.does !== 'groups' || b.does !== 'groups') return HIDDEN_TEXT;
  return merged([...a.groups.keys(), ...b.groups.keys()], a, b, node, true);
}

type Floor = Extract<LeafRule, { does: 'floor' }>;

/** Cells that begin where cells of both begin, if those begin at zero: only then a mask says them. */
function multiple(a: Floor, b: Floor): Mask {
  const size = (a.size * b.size) / divisor(a.size, b.size);
  const step = Number(size);
  if (a.offset % a.size !== 0n || b.offset % b.size !== 0n || !Number.isSafeInteger(step)) return NULL;
  return { kind: 'generalise', to: { by: 'step', step } };
}

const divisor = (a: bigint, b: bigint): bigint => (b === 0n ? a : divisor(b, a % b));

/** Groups of everything that either shows alike. `open`: there are more values than those listed. */
function merged(values: readonly string[], a: LeafRule, b: LeafRule, node: AvroNode, open: boolean): Mask {
  const shown = [a, b].map((rule) => compileValueMask({ at: 'leaf', node, rule }, null));
  const sides = shown.map(
    (show, side) =>
      (value: string): string =>
        `${side}${String(show(value))}`,
  );
  const groups = new Union();
  const others = open && a.does === 'groups' && b.does === 'groups' ? [`0${a.otherwise}`, `1${b.otherwise}`] : [];
  groups.unite(others);
  for (const value of values) groups.unite(sides.map((side) => side(value)));
  const groupOf = (value: string): string => groups.of(sides[0]?.(value) ?? '').slice(1);
  const otherwise = others[0] === undefined ? groupOf(values[0] ?? '') : groups.of(others[0]).slice(1);
  const named = [...new Set(values)].map((value): [string, string] => [value, groupOf(value)]);
  return canonicalMask({ kind: 'generalise', to: { by: 'groups', groups: Object.fromEntries(named), otherwise } });
}

/** Names that were said to be one; each set goes by its least name of the first side. */
class Union {
  private readonly above = new Map<string, string>();

  unite(names: readonly string[]): void {
    const [least, ...rest] = names.map((name) => this.of(name)).sort();
    for (const name of rest) if (least !== undefined && name !== least) this.above.set(name, least);
  }

  of(name: string): string {
    const next = this.above.get(name);
    return next === undefined ? name : this.of(next);
  }
}
