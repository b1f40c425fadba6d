import { hkdfSync } from 'node:crypto';
import type { MaskKeyScope } from '@citystreams/contracts';

/** The key of a scope's pseudonyms: at least 16 secret bytes. Asked for when a view is compiled, never per event. */
export type MaskKeys = (scope: MaskKeyScope) => Uint8Array;

const KEY_BYTES = 32;

/**
 * The key of one scope and generation: HKDF-SHA-256 (RFC 5869) of the router's secret, without salt, with scope and
 * generation as info. Another purpose, entitlement or generation gives a key that cannot be told from random.
 *
 *     citystreams mask purpose <code> generation <n>
 *     citystreams mask entitlement <ULID> generation <n>
 *
 * Throws RangeError when the secret is shorter than 32 bytes or the generation is not a positive integer.
 */
export function deriveMaskKey(secret: Uint8Array, scope: MaskKeyScope, generation: number): Buffer {
  if (secret.length < KEY_BYTES) throw new RangeError(`the mask secret needs at least ${KEY_BYTES} bytes`);
  if (!Number.isSafeInteger(generation) || generation < 1) throw new RangeError('a generation is a positive integer');
  const id = scope.per === 'purpose' ? scope.purpose : scope.entitlement;
  // Whatever a purpose is called, the last word is the generation's digits: no two inputs give the same text.
  const info = `citystreams mask ${scope.per} ${id} generation ${generation}`;
  return Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), info, KEY_BYTES));
}
