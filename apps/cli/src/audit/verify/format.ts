/**
 * The published format of the evidence chain, read again from its description alone (docs/decisions/0012): nothing here
 * comes from the code that writes it, so that a mistake there is not repeated here.
 *
 *     digest  = SHA-256( JCS(record) )
 *     hash    = SHA-256( previous hash, 32 bytes | digest, 32 bytes )
 *     previous of record 1 = SHA-256( UTF-8 of the chain's id )
 *     detail  = SHA-256( salt, 16 bytes | UTF-8 of the content )
 *     a head's signature   = Ed25519( JCS(head without signature) ), base64url
 *     a head's key         = SHA-256( public key in DER ), hex
 */
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type JsonObject = { [name: string]: Json };

export interface Detail {
  salt: string;
  content: string;
}

/** A line of an export, as it says it is; whether that is so is what the checks find out. */
export interface Entry {
  sequence: number;
  record: JsonObject;
  previous: string;
  hash: string;
  beside: ReadonlyMap<string, Detail>;
}

export interface Head {
  chain: string;
  sequence: number;
  hash: string;
  at: string;
  key: string;
  signature: string;
  said: JsonObject;
}

/** RFC 8785. Numbers and strings are written by JSON.stringify, which is what the RFC refers to. */
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonical(value[name] ?? null)}`);
  return `{${members.join(',')}}`;
}

const sha256 = (...parts: readonly (string | Buffer)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

export const digestOf = (record: JsonObject): string => sha256(canonical(record));
export const follow = (previous: string, digest: string): string =>
  sha256(Buffer.from(previous, 'hex'), Buffer.from(digest, 'hex'));
export const beginningOf = (chain: string): string => sha256(chain);
export const digestOfDetail = ({ salt, content }: Detail): string => sha256(Buffer.from(salt, 'hex'), content);

export const isHash = (value: Json | undefined): value is string =>
  typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);

/** null: no JSON object. */
export function objectIn(text: string): JsonObject | null {
  try {
    const value = JSON.parse(text) as Json;
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Empty where it is no text. */
export const textIn = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

const hasOnly = (value: JsonObject, names: readonly string[]): boolean =>
  Object.keys(value).every((name) => names.includes(name));

/** null: not a record of this format. */
export function entryIn(line: JsonObject): Entry | null {
  const { kind, record, previous, hash, beside } = line;
  if (kind !== 'record' || !isObject(record) || !isObject(beside) || !isHash(previous) || !isHash(hash)) return null;
  if (!hasOnly(line, ['kind', 'record', 'previous', 'hash', 'beside'])) return null;
  const { sequence, format, digests, actor } = record;
  if (format !== 1 || !Number.isSafeInteger(sequence) || !isObject(digests) || !isHash(actor)) return null;
  const details = Object.entries(beside).map(([part, detail]) => [part, detailIn(detail)] as const);
  if (details.some(([, detail]) => detail === null)) return null;
  return {
    sequence: sequence as number,
    record,
    previous,
    hash,
    beside: new Map(details.flatMap(([part, detail]) => (detail === null ? [] : [[part, detail] as const]))),
  };
}

function detailIn(value: Json): Detail | null {
  if (!isObject(value) || !hasOnly(value, ['salt', 'content'])) return null;
  const { salt, content } = value;
  return typeof salt === 'string' && typeof content === 'string' ? { salt, content } : null;
}

/** null: not a head of this format. */
export function headIn(said: JsonObject): Head | null {
  const { kind, format, chain, sequence, hash, at, key, signature } = said;
  if (kind !== 'audit-head' || format !== 1 || typeof chain !== 'string' || !Number.isSafeInteger(sequence))
    return null;
  if (!isHash(hash) || typeof at !== 'string' || !isHash(key) || typeof signature !== 'string') return null;
  return { chain, sequence: sequence as number, hash, at, key, signature, said };
}

export interface TrustedKey {
  id: string;
  key: KeyObject;
}

/** Throws if it is no key in PEM; a private key gives its public part. */
export function trustedKey(pem: string): TrustedKey {
  const key = createPublicKey(pem);
  return { id: sha256(key.export({ type: 'spki', format: 'der' })), key };
}

export function isSignedBy({ said, signature }: Head, { key }: TrustedKey): boolean {
  const { signature: _signature, ...rest } = said;
  return verify(null, Buffer.from(canonical(rest)), key, Buffer.from(signature, 'base64url'));
}
