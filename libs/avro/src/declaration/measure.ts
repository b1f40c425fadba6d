/**
 * What may be walked afterwards without a second thought: written out, with every type at its first mention, a schema
 * is neither too deep for recursion nor much longer than its text.
 */
import { Refused } from './refusal.js';
import type { SchemaNode } from './schema-node.js';

/** Levels of types inside types, each named type counted where it is first met. */
const DEEPEST = 500;
/** Characters that the full names of all mentions come to. */
const LONGEST = 16_000_000;

/** Throws Refused. */
export function requireReasonable(root: SchemaNode): void {
  const seen = new Set<SchemaNode>();
  const waiting: { node: SchemaNode; depth: number }[] = [{ node: root, depth: 1 }];
  let length = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, depth } = next;
    if (depth > DEEPEST) throw new Refused(`written out, the schema is nested deeper than ${DEEPEST} types`);
    if ('name' in node) {
      length += node.name.full.length;
      if (length > LONGEST) throw new Refused('written out, the names in the schema are too long');
    }
    if (seen.has(node)) continue;
    seen.add(node);
    // Last in, first out: in reverse, so that types are met in the order in which they are written out.
    const children = childrenOf(node);
    for (let i = children.length - 1; i >= 0; i -= 1) waiting.push({ node: children[i]!, depth: depth + 1 });
  }
}

const NONE: readonly SchemaNode[] = [];

function childrenOf(node: SchemaNode): readonly SchemaNode[] {
  switch (node.kind) {
    case 'array':
      return [node.items];
    case 'map':
      return [node.values];
    case 'union':
      return node.branches;
    case 'record':
      return node.fields.map((field) => field.type);
    default:
      return NONE;
  }
}
