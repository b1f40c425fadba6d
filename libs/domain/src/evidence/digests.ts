/**
 * How the chain's digests are made (format 1). Anybody can make them again with SHA-256 and RFC 8785:
 *
 *     digest  = SHA-256( JCS(record) )
 *     hash    = SHA-256( previous hash, 32 bytes | digest, 32 bytes )
 *     previous of record 1 = SHA-256( UTF-8 of the chain's id )
 *     detail  = SHA-256( salt, 16 bytes | UTF-8 of the content )
 *
 * A record is hashed in two steps so that a proof can show some records and of the others between them only digests.
 */
import { createHash } from 'node:crypto';
import type { AuditDetail, AuditRecord } from '@citystreams/contracts';
import canonicalize from 'canonicalize';

const sha256 = (...parts: readonly (string | Buffer)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

/** RFC 8785: keys sorted by UTF-16 code units, no spaces, numbers as ECMAScript writes them. Throws on a lone surrogate. */
export function canonicalJson(value: object): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('nothing that JSON could say');
  return text;
}

export const recordDigest = (record: AuditRecord): string => sha256(canonicalJson(record));

export const linkHash = (previous: string, digest: string): string =>
  sha256(Buffer.from(previous, 'hex'), Buffer.from(digest, 'hex'));

/** What the first record of a chain names as the hash before it. */
export const originOf = (chain: string): string => sha256(chain);

export const detailDigest = ({ salt, content }: AuditDetail): string => sha256(Buffer.from(salt, 'hex'), content);
