/**
 * A mask on a field of any type: where in it the scalars lie that the mask changes, and what becomes of null.
 */
import type { Finding } from '@citystreams/contracts';
import type { ChangingMask, Masks } from '../keep.js';
import { type AvroNode, resolveRecord } from '../model.js';
import type { AvroRecord } from '../schema.js';
import { type LeafRule, leafRule } from './leaf.rule.js';

export type FieldMask =
  /** The field is null in every event. */
  | { at: 'null' }
  /** A list: each item. */
  | { at: 'items'; items: FieldMask }
  /** A union of null and one type: null stays. `branch`: index of that type. */
  | { at: 'union'; branch: number; inner: FieldMask }
  /** As `union`, and what is shown is no union any more: whether the field was null is hidden too. */
  | { at: 'always'; inner: FieldMask }
  | { at: 'leaf'; node: AvroNode; rule: LeafRule };

/** The mask of one field, or in words why it does not fit the field's type. */
export function fieldMask(node: AvroNode, mask: ChangingMask): FieldMask | string {
  if (mask.kind === 'null') return { at: 'null' };
  switch (node.kind) {
    case 'union': {
      const others = node.branches.filter((b) => b.kind !== 'null');
      const only = others[0];
      if (others.length !== 1 || only === undefined)
        return 'a choice of several types can only be kept, null or dropped';
      const inner = fieldMask(only, mask);
      if (typeof inner === 'string') return inner;
      return mask.kind === 'constant'
        ? { at: 'always', inner }
        : { at: 'union', branch: node.branches.indexOf(only), inner };
    }
    case 'array': {
      if (mask.kind === 'constant') return 'a constant stands for one value, not for a list';
      const items = fieldMask(node.items, mask);
      return typeof items === 'string' ? items : { at: 'items', items };
    }
    case 'map':
      return 'the keys of a map would stay in the clear: it can only be kept, null or dropped';
    case 'record':
      return 'a record can only be kept, null or dropped; mask its fields';
    default: {
      const rule = leafRule(node, mask);
      return typeof rule === 'string' ? rule : { at: 'leaf', node, rule };
    }
  }
}

/** Everything in a set of masks that does not fit the contract: unknown fields, masks that do not fit a type. */
export function checkMasks(masks: Masks, record: AvroRecord): Finding[] {
  const root = resolveRecord(record);
  return Object.entries(masks).flatMap(([path, mask]): Finding[] => {
    const nodes = fieldsAt(root, path.split('.'));
    if (nodes.length === 0) return [{ field: path, message: 'the contract has no such field' }];
    if (mask.kind === 'keep' || mask.kind === 'drop') return [];
    const reasons = nodes.map((node) => fieldMask(node, mask)).filter((m) => typeof m === 'string');
    return [...new Set(reasons)].map((message) => ({ field: path, message }));
  });
}

/** The types at a path: none, where there is no such field; several, where it leads through a choice of records. */
export function fieldsAt(node: AvroNode, names: readonly string[]): AvroNode[] {
  const [name, ...rest] = names;
  if (name === undefined) return [node];
  switch (node.kind) {
    case 'record':
      return node.fields.filter((f) => f.name === name).flatMap((f) => fieldsAt(f.type, rest));
    case 'array':
      return fieldsAt(node.items, names);
    case 'map':
      return fieldsAt(node.values, names);
    case 'union':
      return node.branches.flatMap((branch) => fieldsAt(branch, names));
    default:
      return [];
  }
}

/** The type that the view shows, as far as a key or a time is read from it. */
export function shownNode(node: AvroNode, mask: FieldMask): AvroNode {
  switch (mask.at) {
    case 'null':
      return { kind: 'union', branches: [{ kind: 'null' }] };
    case 'items':
      return node.kind === 'array' ? { kind: 'array', items: shownNode(node.items, mask.items) } : node;
    case 'union': {
      const { branch, inner } = mask;
      if (node.kind !== 'union') return node;
      return { kind: 'union', branches: node.branches.map((b, i) => (i === branch ? shownNode(b, inner) : b)) };
    }
    case 'always':
      return node.kind === 'union' ? shownNode(node.branches.find((b) => b.kind !== 'null') ?? node, mask.inner) : node;
    default:
      return isTextRule(mask.rule) ? { kind: 'string' } : mask.node;
  }
}

const isTextRule = (rule: LeafRule): boolean =>
  rule.does === 'pseudonym' || rule.does === 'partial' || rule.does === 'characters' || rule.does === 'groups';
