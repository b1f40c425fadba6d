/** What a mask lets through of a field, in the form in which two of them can be compared. */
import { type AvroNode, type ChangingMask, type FieldMask, fieldMask, type LeafRule } from '@citystreams/avro';
import type { Mask, Ulid } from '@citystreams/contracts';
import { executableMasks, type MaskScopes } from './executable.js';

export type Shown =
  | { shows: 'all' }
  /** Less than the value; whether it is null stays visible. `node`: the scalar that the rule is about. */
  | { shows: 'part'; rule: LeafRule; node: AvroNode }
  /** The same for every event. */
  | { shows: 'nothing' }
  /** Not even that there is such a field. */
  | { shows: 'absent' };

/** Stand-ins: masks that are compared belong to one request, and so to one purpose and one entitlement. */
export const SCOPES: MaskScopes = { purpose: 'purpose', entitlement: '00000000000000000000000000' as Ulid };

/** Null: the mask does not fit a field of this type. */
export function shownBy(mask: Mask, node: AvroNode): Shown | null {
  if (mask.kind === 'keep') return { shows: 'all' };
  if (mask.kind === 'drop') return { shows: 'absent' };
  const found = fieldMask(node, executable(mask));
  return typeof found === 'string' ? null : partShown(found);
}

/** In words why a mask does not fit a field of this type, or null. */
export function misfit(mask: Mask, node: AvroNode): string | null {
  if (mask.kind === 'keep' || mask.kind === 'drop') return null;
  const found = fieldMask(node, executable(mask));
  return typeof found === 'string' ? found : null;
}

function partShown(mask: FieldMask): Shown {
  switch (mask.at) {
    case 'null':
    case 'always':
      return { shows: 'nothing' };
    case 'items':
      return partShown(mask.items);
    case 'union':
      return partShown(mask.inner);
    default:
      return mask.rule.does === 'constant' ? { shows: 'nothing' } : { shows: 'part', rule: mask.rule, node: mask.node };
  }
}

const executable = (mask: Exclude<Mask, { kind: 'keep' | 'drop' }>): ChangingMask =>
  executableMasks({ f: mask }, SCOPES)['f'] as ChangingMask;
