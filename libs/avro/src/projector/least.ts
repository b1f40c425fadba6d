import type { AvroNode, RecordNode } from '../model.js';

/**
 * The fewest bytes that a value of a type can take; Infinity for a type without any finite value (a record that
 * contains itself unconditionally). What a scanner needs to know that it may read on.
 */
export function leastBytesIn(root: RecordNode): (node: AvroNode) => number {
  const known = new Map<RecordNode, number>();
  collect(root, known);
  const least = (node: AvroNode): number => {
    switch (node.kind) {
      case 'null':
        return 0;
      case 'float':
        return 4;
      case 'double':
        return 8;
      case 'fixed':
        return node.size;
      case 'union':
        return 1 + Math.min(...node.branches.map(least));
      case 'record':
        return known.get(node) ?? 0;
      default:
        return 1;
    }
  };
  // Least fixed point: every round settles at least one more record.
  for (let changed = true; changed; ) {
    changed = false;
    for (const [record, before] of known) {
      const now = record.fields.reduce((sum, field) => sum + least(field.type), 0);
      changed ||= now < before;
      known.set(record, Math.min(now, before));
    }
  }
  return least;
}

function collect(node: AvroNode, into: Map<RecordNode, number>): void {
  switch (node.kind) {
    case 'record':
      if (into.has(node)) return;
      into.set(node, Number.POSITIVE_INFINITY);
      return node.fields.forEach((field) => collect(field.type, into));
    case 'array':
      return collect(node.items, into);
    case 'map':
      return collect(node.values, into);
    case 'union':
      return node.branches.forEach((branch) => collect(branch, into));
    default:
  }
}
