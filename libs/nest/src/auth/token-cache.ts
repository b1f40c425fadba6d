import { createHash } from 'node:crypto';
import type { VerifiedToken } from './caller.js';

/**
 * Tokens that were verified, until they expire. Holds no token, only its hash; bounded, the one unused for longest
 * leaves first.
 */
export class TokenCache {
  private readonly entries = new Map<string, VerifiedToken>();

  constructor(
    private readonly size: number,
    private readonly now: () => number = Date.now,
  ) {}

  get(token: string): VerifiedToken | undefined {
    const key = hashOf(token);
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    this.entries.delete(key);
    if (entry.expiresAt.getTime() <= this.now()) return undefined;
    this.entries.set(key, entry);
    return entry;
  }

  put(token: string, verified: VerifiedToken): void {
    const key = hashOf(token);
    this.entries.delete(key);
    this.entries.set(key, verified);
    if (this.entries.size <= this.size) return;
    const oldest = this.entries.keys().next();
    if (oldest.done !== true) this.entries.delete(oldest.value);
  }
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64');
