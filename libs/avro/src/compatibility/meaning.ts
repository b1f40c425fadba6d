/**
 * Changes that both versions can read and that still change what a value says: another logical type on the same type,
 * such as milliseconds that become microseconds, and text that becomes bytes or the other way round. The Java library
 * does not look at logical types; the specification asks of decimals that scale and precision match.
 */
import { type LogicalType, logicalTypeOf, type ResolvedSchema, type SchemaNode } from '../declaration/index.js';
import { at, type Location, pointer, ROOT } from './difference.js';

export interface MeaningChange {
  /** JSON pointer into the newer schema. */
  location: string;
  /** In words: `timestamp-millis`, `decimal(10, 2)`, `none` for no logical type; `string`, `bytes`. */
  was: string;
  is: string;
}

/** Looks at fields of one name, items, values and branches of one kind and name; in the order of the newer schema. */
export function meaningChanges(older: ResolvedSchema, newer: ResolvedSchema): MeaningChange[] {
  const changes: MeaningChange[] = [];
  const compared = new Map<SchemaNode, Set<SchemaNode>>();
  const waiting: Pair[] = [{ was: older.root, is: newer.root, location: ROOT }];
  for (let pair = waiting.pop(); pair !== undefined; pair = waiting.pop()) {
    const seen = compared.get(pair.is) ?? new Set();
    if (seen.has(pair.was)) continue;
    compared.set(pair.is, seen.add(pair.was));
    const change = changeOf(pair);
    if (change !== null) changes.push(change);
    waiting.push(...innerPairs(pair).reverse());
  }
  return changes;
}

interface Pair {
  was: SchemaNode;
  is: SchemaNode;
  location: Location;
}

/** A union says nothing itself: its branches do. */
function changeOf(pair: Pair): MeaningChange | null {
  if (pair.was.kind === 'union' || pair.is.kind === 'union') return null;
  const isTextOrBytes = [pair.was.kind, pair.is.kind].every((kind) => kind === 'string' || kind === 'bytes');
  const [was, is] =
    isTextOrBytes && pair.was.kind !== pair.is.kind
      ? [pair.was.kind, pair.is.kind]
      : [inWords(logicalTypeOf(pair.was)), inWords(logicalTypeOf(pair.is))];
  return was === is ? null : { location: pointer(pair.location), was, is };
}

function innerPairs({ was, is, location }: Pair): Pair[] {
  if (is.kind === 'array' && was.kind === 'array') {
    return [{ was: was.items, is: is.items, location: at(location, 'items') }];
  }
  if (is.kind === 'map' && was.kind === 'map') {
    return [{ was: was.values, is: is.values, location: at(location, 'values') }];
  }
  if (is.kind === 'record' && was.kind === 'record') {
    return is.fields.flatMap((field, i) => {
      const before = was.fieldsByName.get(field.name);
      const there = at(at(at(location, 'fields'), i), 'type');
      return before === undefined ? [] : [{ was: before.type, is: field.type, location: there }];
    });
  }
  if (is.kind !== 'union' && was.kind !== 'union') return [];
  // A type that became a union, or the other way round, is its branch.
  const before = new Map(branchesOf(was).map((branch) => [kindAndName(branch), branch]));
  return branchesOf(is).flatMap((branch, i) => {
    const match = before.get(kindAndName(branch));
    const there = is.kind === 'union' ? at(location, i) : location;
    return match === undefined ? [] : [{ was: match, is: branch, location: there }];
  });
}

const branchesOf = (node: SchemaNode): readonly SchemaNode[] => (node.kind === 'union' ? node.branches : [node]);

const kindAndName = (node: SchemaNode): string => ('name' in node ? `${node.kind} ${node.name.simple}` : node.kind);

function inWords(logical: LogicalType | null): string {
  if (logical === null) return 'none';
  const { name, decimal } = logical;
  return decimal === undefined ? name : `${name}(${decimal.precision}, ${decimal.scale})`;
}
