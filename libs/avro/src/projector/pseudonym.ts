import type { MaskKeyScope } from '@citystreams/contracts';
import type { MaskKeys } from '../masks/mask.key.js';
import { KeyedHash } from './keyed.hash.js';
import type { Scratch } from './scratch.js';

/** Pseudonyms as Avro strings, under one key. */
export class Pseudonyms {
  private readonly hash: KeyedHash;

  /** The key is copied. Throws RangeError when it is shorter than 16 bytes. */
  constructor(key: Uint8Array) {
    this.hash = new KeyedHash(key);
  }

  /** Writes the pseudonym of some bytes. */
  write(bytes: Uint8Array, start: number, end: number, text: 'hex' | 'base64url', to: Scratch): void {
    const length = KeyedHash.SIZE[text];
    to.number(length);
    to.need(length);
    to.at = this.hash.write(bytes, start, end, text, to.bytes, to.at);
  }
}

/** Those of a scope. Throws RangeError when there is no key for it. */
export type PseudonymsOf = (scope: MaskKeyScope) => Pseudonyms;

/** Each scope's key is asked for once. */
export function pseudonymsOf(keys: MaskKeys | undefined): PseudonymsOf {
  const made = new Map<string, Pseudonyms>();
  return (scope) => {
    if (keys === undefined) throw new RangeError('the view shows pseudonyms and was given no key');
    const id = scope.per === 'purpose' ? `purpose ${scope.purpose}` : `entitlement ${scope.entitlement}`;
    const known = made.get(id) ?? new Pseudonyms(keys(scope));
    made.set(id, known);
    return known;
  };
}
