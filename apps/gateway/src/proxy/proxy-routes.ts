import type { TokenVerifier } from '@citystreams/nest';
import httpProxy from '@fastify/http-proxy';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Mount, MOUNTS, type Upstreams } from '../routes.js';
import { requestHeaders, responseHeaders } from './forwarded-headers.js';
import { upstreamFailure } from './upstream-failure.js';

export interface ProxyOptions {
  upstreams: Upstreams;
  verifier: TokenVerifier;
  bodyLimit: number;
}

const CONNECT_WITHIN_MS = 2_000;
const ANSWER_WITHIN_MS = 30_000;
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Hands every proxied address on to its service, once the caller's token is known to be good. */
export function proxyRoutes(fastify: FastifyInstance, options: ProxyOptions): void {
  fastify.register((scope, _, done) => {
    scope.addHook('onRequest', async (request) => {
      await options.verifier.verify(request.headers.authorization);
    });
    // Bodies are read whole, so that the limit holds for chunked ones too and nothing half-sent reaches a service.
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: options.bodyLimit }, (_request, body, parsed) =>
      parsed(null, body.length === 0 ? undefined : body),
    );
    for (const mount of MOUNTS) scope.register(httpProxy, proxyOptions(mount, options.upstreams));
    done();
  });
}

function proxyOptions(mount: Mount, upstreams: Upstreams): Parameters<typeof httpProxy>[1] {
  return {
    upstream: upstreams[mount.service],
    prefix: mount.prefix,
    routes: mount.paths.flatMap((path) => (path === '/' ? [path] : [path, `${path}/*`])),
    proxyPayloads: false,
    disableRequestLogging: true,
    undici: {
      connections: 64,
      connect: { timeout: CONNECT_WITHIN_MS },
      headersTimeout: ANSWER_WITHIN_MS,
      bodyTimeout: ANSWER_WITHIN_MS,
    },
    handler: (request: FastifyRequest, reply: FastifyReply, destination: string, from: object) => {
      reply.from(destination, { ...from, ...sentBody(request) });
    },
    replyOptions: {
      rewriteRequestHeaders: (request, headers) => requestHeaders(headers, request.id),
      rewriteHeaders: responseHeaders,
      retryDelay,
      onError: (reply, { error }) => {
        void reply.send(upstreamFailure(mount.service, error, SAFE_METHODS.has(reply.request.method)));
      },
    },
  };
}

/** As it came, byte for byte; the library would encode JSON anew. */
function sentBody(request: FastifyRequest): { body: Buffer; contentType: string } | object {
  if (!Buffer.isBuffer(request.body)) return {};
  return { body: request.body, contentType: request.headers['content-type'] ?? 'application/octet-stream' };
}

/** Once, and only what can be repeated: a kept connection that the service closed in that very moment. */
function retryDelay({
  err,
  req,
  attempt,
}: {
  err: Error | null;
  req: { method?: string };
  attempt: number;
}): number | null {
  const lost = err !== null && 'code' in err && err.code === 'UND_ERR_SOCKET';
  return lost && attempt === 0 && SAFE_METHODS.has(req.method ?? '') ? 1 : null;
}
