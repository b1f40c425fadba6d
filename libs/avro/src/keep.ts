/**
 * What a view makes of each part of an event, as a tree over the contract's field paths. A path that is listed keeps
 * the whole field below it; everything that is not listed is absent.
 */
import type { ExecutableMask } from '@citystreams/contracts';

/** A mask that shows a field in another way than it is. */
export type ChangingMask = Exclude<ExecutableMask, { kind: 'keep' | 'drop' }>;

/** Masks by field path. */
export type Masks = Readonly<Record<string, ExecutableMask>>;

export interface KeepTree {
  /** null: the whole field, as it is. */
  children: Map<string, KeepTree> | null;
  /** With children: fields that are not among them are kept whole. */
  rest?: true;
  /** Absent, although something around it is kept whole. */
  dropped?: true;
  mask?: ChangingMask;
}

const WHOLE: KeepTree = { children: null };

export function keepTree(paths: readonly string[], masks: Masks = {}): KeepTree {
  const root: KeepTree = { children: new Map() };
  for (const path of paths) {
    let at = root;
    const names = path.split('.');
    for (const [i, name] of names.entries()) {
      if (at.children === null) break;
      const last = i === names.length - 1;
      const next = at.children.get(name) ?? { children: new Map() };
      if (last) next.children = null;
      at.children.set(name, next);
      at = next;
    }
  }
  for (const [path, mask] of Object.entries(masks)) if (mask.kind !== 'keep') putMask(root, path.split('.'), mask);
  return root;
}

/** A mask on a field that is not kept has nothing to do: the field is absent. */
function putMask(root: KeepTree, names: readonly string[], mask: Exclude<ExecutableMask, { kind: 'keep' }>): void {
  let at = root;
  for (const name of names) {
    if (at.children === null) Object.assign(at, { children: new Map(), rest: true });
    const next = keepOf(at, name);
    if (next === undefined) return;
    const own = next === WHOLE ? { children: null } : next;
    at.children?.set(name, own);
    at = own;
  }
  if (mask.kind === 'drop') at.dropped = true;
  else at.mask = mask;
}

/** What becomes of one field of a record; undefined: it is absent. */
export function keepOf(keep: KeepTree, field: string): KeepTree | undefined {
  if (keep.children === null) return WHOLE;
  const below = keep.children.get(field);
  if (below === undefined) return keep.rest === true ? WHOLE : undefined;
  return below.dropped === true ? undefined : below;
}

export const isWhole = (keep: KeepTree): boolean => keep.children === null && keep.mask === undefined;

/** The same without its own mask; masks below it stay. */
export function unmasked(keep: KeepTree): KeepTree {
  const { mask: _, ...rest } = keep;
  return rest;
}

/** The same parts, none of them shown in another way; what is dropped stays so. */
export function withoutMasks({ children, rest, dropped }: KeepTree): KeepTree {
  const inner = children === null ? null : new Map([...children].map(([name, below]) => [name, withoutMasks(below)]));
  return { children: inner, ...(rest === true && { rest }), ...(dropped === true && { dropped }) };
}

/** Full names of the records that lie around a value, each with what the view makes of it, where that is not all. */
export type Around = ReadonlyMap<string, KeepTree>;

/**
 * What the view makes of a record at a place. A record within itself is treated as the outer one is, unless the view
 * lists fields of the inner one: what is withheld of a node is withheld of the nodes below it.
 */
export function treatmentOf(record: string, keep: KeepTree, around: Around): KeepTree {
  const outer = around.get(record);
  return outer === undefined ? keep : inherited(keep, outer);
}

/** Masks on the inner one alone list nothing of it: what the outer one withholds stays withheld. */
function inherited(keep: KeepTree, outer: KeepTree): KeepTree {
  if (keep.children === null) return keep.mask === undefined ? outer : { ...outer, mask: keep.mask };
  if (keep.rest !== true || outer.children === null) return keep;
  const children = new Map(outer.children);
  for (const [name, below] of keep.children) {
    const other = keepOf(outer, name);
    if (other !== undefined) children.set(name, below.dropped === true ? below : inherited(below, other));
  }
  return { ...outer, children, ...(keep.mask !== undefined && { mask: keep.mask }) };
}

/** What lies around the fields of a record that is treated so. */
export const within = (record: string, treatment: KeepTree, around: Around): Around =>
  isWhole(treatment) ? around : new Map(around).set(record, treatment);

/**
 * One text for one treatment of a record: two places with the same text show the same fields in the same way. `below`:
 * names of the records that can be met below it, whose treatment around it counts. Empty: as it is.
 */
export function meaningOf(treatment: KeepTree, around: Around, below: ReadonlySet<string>): string {
  const inherited = [...around].filter(([name]) => below.has(name)).map(([name, keep]) => `${name}=${describe(keep)}`);
  const own = isWhole(treatment) ? '' : describe(treatment);
  return [own, ...inherited.sort()].join('|').replace(/^\|*$/, '');
}

function describe(keep: KeepTree): string {
  if (keep.dropped === true) return '-';
  const mask = keep.mask === undefined ? '' : JSON.stringify(keep.mask);
  if (keep.children === null) return `*${mask}`;
  const children = [...keep.children].map(([name, below]) => `${name}:${describe(below)}`).sort();
  return `{${children.join(',')}${keep.rest === true ? ',*' : ''}}${mask}`;
}

/**
 * The paths below which nothing is left to choose: asking for a record asks for each of its fields, so that each is
 * classified and decided by itself. Order is the contract's. Unknown paths are left out.
 */
export function leavesOf(contractPaths: readonly string[], asked: readonly string[]): string[] {
  const isBelow = (path: string, above: string): boolean => path === above || path.startsWith(`${above}.`);
  return contractPaths.filter(
    (path) =>
      asked.some((a) => isBelow(path, a)) && !contractPaths.some((other) => other !== path && isBelow(other, path)),
  );
}
