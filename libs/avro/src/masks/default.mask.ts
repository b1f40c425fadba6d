import { type Around, type KeepTree, keepOf, treatmentOf, within } from '../keep.js';
import type { AvroNode } from '../model.js';
import { isObject } from '../schema.js';
import { type FieldMask, fieldMask } from './field.mask.js';
import { compileValueMask } from './value.mask.js';

/**
 * A field's default as the view shows it: without the parts that the view does not keep, and masked like any value. The
 * default of a pseudonym is the empty text, nobody's pseudonym: who writes schemas has no key.
 */
export function maskedDefault(value: unknown, node: AvroNode, keep: KeepTree, around: Around): unknown {
  if (keep.mask !== undefined) return masked(value, maskOf(node, keep));
  switch (node.kind) {
    case 'record': {
      if (!isObject(value)) return value;
      const treatment = treatmentOf(node.name, keep, around);
      const inner = within(node.name, treatment, around);
      return Object.fromEntries(
        node.fields.flatMap(({ name, type }) => {
          const below = keepOf(treatment, name);
          const given = below !== undefined && Object.hasOwn(value, name);
          return given ? [[name, maskedDefault(value[name], type, below, inner)]] : [];
        }),
      );
    }
    case 'array':
      return Array.isArray(value) ? value.map((item) => maskedDefault(item, node.items, keep, around)) : value;
    case 'map':
      if (!isObject(value)) return value;
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, maskedDefault(item, node.values, keep, around)]),
      );
    case 'union':
      // A union's default is of its first branch.
      return node.branches[0] === undefined ? value : maskedDefault(value, node.branches[0], keep, around);
    default:
      return value;
  }
}

/** The mask of a field of that type. Throws RangeError when it does not fit. */
export function maskOf(node: AvroNode, keep: KeepTree): FieldMask {
  const { mask } = keep;
  const found = mask === undefined ? 'there is none' : fieldMask(node, mask);
  if (typeof found === 'string') throw new RangeError(`the mask does not fit: ${found}`);
  return found;
}

/** What JSON cannot hold exactly (a long beyond 2^53, a number out of range) is 0. */
function masked(value: unknown, mask: FieldMask): unknown {
  const shown = compileValueMask(mask, null)(value);
  if (typeof shown === 'bigint') return 0;
  return typeof shown === 'number' && !Number.isFinite(shown) ? 0 : shown;
}
