import type { IncomingHttpHeaders } from 'node:http';

/** Of one connection, not of the message (RFC 9110, section 7.6.1), and `expect`, which we have answered ourselves. */
const HOP_BY_HOP = new Set([
  'connection',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Who somebody is comes from the token alone; what else claims to say it, or where a request came from, stays outside. */
const CLAIMED_IDENTITY =
  /^(x-forwarded-|forwarded$|x-real-ip$|x-client-|x-ssl-|x-citystreams-|(x-)?remote-user$|x-user)/;
/** Would let a caller rewrite the route after we have judged it. */
const REWRITES = /^(x-original-|x-rewrite-|x-http-method)/;

/** What of a caller's headers reaches a service. Cookies are between the browser and the gateway. */
export function requestHeaders(headers: IncomingHttpHeaders, requestId: string): IncomingHttpHeaders {
  const kept = Object.entries(headers).filter(
    ([name]) => !HOP_BY_HOP.has(name) && !CLAIMED_IDENTITY.test(name) && !REWRITES.test(name) && name !== 'cookie',
  );
  return { ...Object.fromEntries(kept), 'x-request-id': requestId };
}

export function responseHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name.toLowerCase())));
}
