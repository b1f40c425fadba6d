import { gzipSync } from 'node:zlib';
import type { Caller } from '@citystreams/nest';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SchemaChanges } from '../../schemas/schema.changes.js';
import { RegistryError } from '../registry-error.js';
import type { RegistryRules } from '../rules/registry-rules.js';
import { readBodies } from './bodies.js';
import { answerError } from './errors.js';
import { answerAs, answerType } from './media-types.js';
import { Query, type QueryValues } from './query.js';
import { TaggedText } from './kept-answers.js';
import { type Call, type Method, NO_CONTENT, type Route } from './route.js';

export interface RegistryHttp {
  routes: readonly Route[];
  rules: RegistryRules;
  changes: SchemaChanges;
  bodyLimit: number;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH'] as const;
/** Smaller answers are not worth it. */
const COMPRESS_FROM_BYTES = 2_048;

/**
 * The registry's addresses on Fastify itself: its clients differ from ours in types, errors and lists of addresses, and
 * most of what they ask is answered from memory in less time than a framework needs.
 */
export function registryPlugin(http: RegistryHttp) {
  return (fastify: FastifyInstance, _options: unknown, done: () => void): void => {
    readBodies(fastify, http.bodyLimit);
    fastify.setErrorHandler(answerError);
    // A logger for each request would cost more than most answers.
    fastify.setChildLoggerFactory((logger) => logger);
    for (const [path, routes] of Map.groupBy(withContexts(http.routes), (route) => route.path)) {
      const addresses = path === '/' ? [path] : [path, `${path}/`];
      for (const url of addresses) addRoutes(fastify, url, routes, http);
    }
    done();
  };
}

/** Every address also below a context; a context's own are there once. */
const withContexts = (routes: readonly Route[]): Route[] => [
  ...routes,
  ...routes
    .filter(({ path }) => path !== '/' && !path.startsWith('/contexts') && !path.startsWith('/v1'))
    .map((route) => ({ ...route, path: `/contexts/:context${route.path}` })),
];

function addRoutes(fastify: FastifyInstance, url: string, routes: readonly Route[], http: RegistryHttp): void {
  for (const route of routes) {
    fastify.route({
      method: route.method,
      url,
      handler: (request: FastifyRequest, reply: FastifyReply) => handle(request, reply, route, http),
    });
  }
  const methods: Method[] = routes.map(({ method }) => method);
  const allowed = ['OPTIONS', ...methods, ...(methods.includes('GET') ? ['HEAD'] : [])].sort();
  const allow = allowed.join(',');
  fastify.route({ method: 'OPTIONS', url, handler: (_, reply) => reply.header('allow', allow).send() });
  fastify.route({
    method: METHODS.filter((method) => !allowed.includes(method)),
    url,
    handler: () => {
      throw new RegistryError('METHOD_NOT_ALLOWED', 'HTTP 405 Method Not Allowed', { allow });
    },
  });
}

/** Answers by `reply.send` alone: a promise for Fastify would cost as much as the answer. */
function handle(request: FastifyRequest, reply: FastifyReply, route: Route, http: RegistryHttp): void {
  const type = answerType(request.headers.accept);
  if (type === null) throw new RegistryError('NOT_ACCEPTABLE', 'HTTP 406 Not Acceptable');
  answerAs(reply, type).header('cache-control', 'private, no-cache');
  const { authorization } = request.headers;
  const caller = http.rules.authenticate({ authorization, remoteAddress: request.ip });
  if (!(caller instanceof Promise)) return answer(request, reply, route, http, caller);
  caller.then((known) => answer(request, reply, route, http, known)).catch((error: unknown) => reply.send(error));
}

function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  route: Route,
  { rules, changes }: RegistryHttp,
  caller: Caller,
): void {
  const call: Call = {
    caller,
    sight: rules.sightOf(caller),
    params: request.params as Record<string, string>,
    query: new Query(request.query as QueryValues),
    body: request.body,
  };
  const later = (answered: Promise<unknown>): void => {
    answered.then((known) => send(request, reply, known)).catch((error: unknown) => reply.send(error));
  };
  let answered: unknown;
  try {
    answered = route.answer(call);
  } catch (error) {
    return later(again(error, route, call, changes));
  }
  if (answered instanceof Promise) later(answered.catch((error: unknown) => again(error, route, call, changes)));
  else send(request, reply, answered);
}

/** What is not there may have been registered by another replica a moment ago. */
async function again(error: unknown, route: Route, call: Call, changes: SchemaChanges): Promise<unknown> {
  if (!(error instanceof RegistryError) || !MISSING.has(error.code)) throw error;
  await changes.refresh();
  return route.answer(call);
}

const MISSING = new Set(['SUBJECT_NOT_FOUND', 'VERSION_NOT_FOUND', 'SCHEMA_NOT_FOUND', 'REFERENCE_NOT_FOUND']);

function send(request: FastifyRequest, reply: FastifyReply, answered: unknown): void {
  if (answered === NO_CONTENT) return void reply.status(204).send();
  if (!(answered instanceof TaggedText)) {
    return sendText(request, reply, typeof answered === 'string' ? answered : JSON.stringify(answered));
  }
  const { tag, text } = answered;
  reply.header('etag', tag);
  if (matches(request.headers['if-none-match'], tag)) return void reply.status(304).send();
  sendText(request, reply, text);
}

function sendText(request: FastifyRequest, reply: FastifyReply, text: string): void {
  const accepted = request.headers['accept-encoding'];
  if (accepted === undefined || text.length < COMPRESS_FROM_BYTES || !/\bgzip\b/.test(accepted)) {
    return void reply.send(text);
  }
  reply.header('content-encoding', 'gzip').header('vary', 'accept-encoding');
  void reply.send(gzipSync(text, { level: 1 }));
}

const matches = (header: string | undefined, tag: string): boolean =>
  header !== undefined && (header === tag || header.split(',').some((one) => one.trim() === tag || one.trim() === '*'));
