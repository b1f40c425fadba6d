import type { ExecutableMask, FieldPath, Mask, MaskKeyScope, Ulid } from '@citystreams/contracts';
import { canonicalMask } from './canonical.js';

/** Whose keys the pseudonyms of a grant are made with. */
export interface MaskScopes {
  purpose: string;
  entitlement: Ulid;
}

/** Masks in words of a request, in words of its grant: what the router executes. */
export function executableMasks(
  masks: Readonly<Record<FieldPath, Mask>>,
  { purpose, entitlement }: MaskScopes,
): Record<FieldPath, ExecutableMask> {
  const scopes: Record<'purpose' | 'entitlement', MaskKeyScope> = {
    purpose: { per: 'purpose', purpose },
    entitlement: { per: 'entitlement', entitlement },
  };
  const executable = Object.entries(masks).map(([path, asked]): [FieldPath, ExecutableMask] => {
    const mask = canonicalMask(asked);
    return [path, mask.kind === 'pseudonym' ? { kind: 'pseudonym', text: mask.text, key: scopes[mask.per] } : mask];
  });
  return Object.fromEntries(executable);
}
