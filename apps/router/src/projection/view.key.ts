/**
 * Keys of views: HKDF-SHA-256 (RFC 5869) of the router's secret with the view's identity as info. They exist in this
 * process only, never in PostgreSQL or a control topic.
 */
import { hkdfSync } from 'node:crypto';

const KEY_BYTES = 32;

export function parseMaskSecret(text: string): Buffer {
  const secret = Buffer.from(text.trim(), 'hex');
  if (secret.length < KEY_BYTES || secret.toString('hex') !== text.trim().toLowerCase()) {
    throw new RangeError(`the mask secret must be at least ${KEY_BYTES} bytes as hex digits`);
  }
  return secret;
}

/** What the ids of a view's events are hashed with: the same within one view, linkable to nothing outside it. */
export const viewKey = (secret: Buffer, identity: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), `citystreams view ${identity}`, KEY_BYTES));
