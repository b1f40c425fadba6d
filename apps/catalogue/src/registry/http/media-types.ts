import type { FastifyReply } from 'fastify';
import { LruCache } from '../lru.cache.js';

export const REGISTRY_CONTENT_TYPE = 'application/vnd.schemaregistry.v1+json';
const UNVERSIONED = 'application/vnd.schemaregistry+json';
const JSON_TYPE = 'application/json';

/** The last is what clients send that were told nothing better. */
const REQUEST_TYPES = new Set([REGISTRY_CONTENT_TYPE, UNVERSIONED, JSON_TYPE, 'application/octet-stream']);
/** What an answer may be, the one preferred first. */
const ANSWER_TYPES = [REGISTRY_CONTENT_TYPE, UNVERSIONED, JSON_TYPE] as const;

const negotiated = new LruCache<string, string>(200);

/** Of a body; a body without a type is taken for JSON. */
export function isRequestType(header: string | undefined): boolean {
  if (header === undefined) return true;
  return REQUEST_TYPES.has(header.split(';', 1)[0]!.trim().toLowerCase());
}

/** The type of the answer that an `Accept` header wants most; null when it wants none of ours. */
export function answerType(accept: string | undefined): string | null {
  if (accept === undefined || accept === '*/*' || accept.startsWith(REGISTRY_CONTENT_TYPE))
    return REGISTRY_CONTENT_TYPE;
  let type = negotiated.get(accept);
  if (type === undefined) {
    type = negotiate(accept);
    if (accept.length < 1_000) negotiated.set(accept, type);
  }
  return type === '' ? null : type;
}

const asItIs = (text: string): string => text;

/** The bare type, as the original sends it: Fastify adds a charset to the texts that it takes for its own JSON. */
export function answerAs(reply: FastifyReply, type: string): FastifyReply {
  return reply.header('content-type', type).serializer(asItIs);
}

function negotiate(accept: string): string {
  const ranges = accept.split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith('q='));
    return { type: type === '*' ? '*/*' : type, quality: quality === undefined ? 1 : Number(quality.slice(2)) || 0 };
  });
  const qualityOf = (type: string): number => {
    // The nearest range counts: the type itself, then any application type, then any.
    const range = [type, 'application/*', '*/*'].map((name) => ranges.find((r) => r.type === name)).find(Boolean);
    return range?.quality ?? 0;
  };
  let best = '';
  let most = 0;
  for (const type of ANSWER_TYPES) {
    const quality = qualityOf(type);
    if (quality > most) [best, most] = [type, quality];
  }
  return best;
}
