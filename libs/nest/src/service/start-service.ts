import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import type { Logger } from 'pino';
import { HealthModule } from '../health/health.module.js';
import { HealthRegistry } from '../health/health-registry.js';
import { answerProblem, type ErrorFormat, ProblemFilter } from '../problems/problem.filter.js';
import { ValidationPipe } from '../problems/validation.pipe.js';
import { readJsonBodies } from './json-bodies.js';
import { readRefusedBodies } from './refused-bodies.js';
import { type LogLevel, NestLogger, openLogger } from './service-logger.js';
import { closeOnSignal, exitOnUncaught } from './shutdown.js';

export interface ServiceOptions {
  /** Names the service in its log and its API document. */
  name: string;
  module: Type<unknown> | DynamicModule;
  port: number;
  host: string;
  logLevel?: LogLevel;
  /** Largest body it reads, in bytes; 1 MiB unless told otherwise. More is 413. */
  bodyLimit?: number;
  /** Media types read as JSON, `application/json` alone unless told otherwise; any other is 415. */
  jsonTypes?: readonly string[];
  /** Routes whose clients expect errors in another shape than problem documents. */
  errorFormats?: readonly ErrorFormat[];
  /** Before it listens: plain Fastify routes and plugins beside Nest's. */
  prepare?(app: NestFastifyApplication): void | Promise<void>;
  /** How the plain routes are described in `/openapi.json`. */
  describePaths?(app: NestFastifyApplication): Readonly<Record<string, object>>;
  /** Serve `/openapi.json` from the controllers; a service that puts its own there says false. */
  openApi?: boolean;
}

const MEBIBYTE = 1_048_576;
/** Of a part of a path, in characters. */
const LONGEST_PARAMETER = 1_024;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

@Module({})
class ServiceRoot {}

/**
 * The application, initialised but not listening: for `inject` in tests, and for `startService`. Validation and errors
 * are as everywhere (problem documents); `/healthz`, `/readyz` and `/openapi.json` are there.
 */
export async function createService(
  options: Omit<ServiceOptions, 'port' | 'host'>,
  logger: Logger = openLogger(options.name, options.logLevel ?? 'info'),
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: options.bodyLimit ?? MEBIBYTE,
    requestTimeout: 30_000,
    // A subject of a view is longer than the 100 characters that Fastify allows.
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
    genReqId: requestId,
    // An address that is none: refused before there is a route.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      answerProblem(error, request, reply, options.errorFormats),
  });
  const root: DynamicModule = { module: ServiceRoot, imports: [HealthModule, options.module] };
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    abortOnError: false,
    bodyParser: false,
    logger: new NestLogger(logger),
  });
  try {
    const fastify: FastifyInstance = adapter.getInstance();
    readJsonBodies(fastify, options.jsonTypes ?? ['application/json']);
    readRefusedBodies(fastify);
    logAnswers(fastify, logger);
    letConnectionsGo(fastify);
    app.useGlobalFilters(new ProblemFilter(options.errorFormats));
    app.useGlobalPipes(new ValidationPipe());
    if (options.openApi !== false) {
      const { serveOpenApi } = await import('./openapi.js'); // 17 MB that not every service needs.
      serveOpenApi(app, options.name, options.describePaths?.(app));
    }
    await options.prepare?.(app);
    await app.init();
    await fastify.ready();
    return app;
  } catch (error) {
    await app.close().catch(() => undefined);
    throw error;
  }
}

/**
 * Starts a service and keeps it until a signal: modules close first (`onModuleDestroy`), then the server with what is in
 * flight, then `onApplicationShutdown`: close there what answering needs, such as the database. A start that fails
 * writes one line that says why and ends the process with 1.
 */
export async function startService(options: ServiceOptions): Promise<NestFastifyApplication> {
  const logger = openLogger(options.name, options.logLevel ?? 'info');
  exitOnUncaught(logger);
  try {
    const app = await createService(options, logger);
    closeOnSignal(logger, () => {
      app.get(HealthRegistry).stop();
      return app.close();
    });
    await app.listen(options.port, options.host);
    logger.info({ address: await app.getUrl() }, 'listening');
    return app;
  } catch (error) {
    logger.fatal({ reason: reasonOf(error), code: codeOf(error) }, 'could not start');
    return process.exit(1);
  }
}

function logAnswers(fastify: FastifyInstance, logger: Logger): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    if (!logger.isLevelEnabled('debug')) return done();
    const path = request.url.split('?', 1)[0];
    request.log.debug({ method: request.method, path, status: reply.statusCode, ms: reply.elapsedTime }, 'answered');
    done();
  });
}

/** A connection that was busy when closing began is kept alive by its client, and would be waited for. */
function letConnectionsGo(fastify: FastifyInstance): void {
  let closing = false;
  fastify.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  fastify.addHook('onResponse', (_request, _reply, done) => {
    if (closing) setImmediate(() => fastify.server.closeIdleConnections());
    done();
  });
}

/** The gateway hands its id on, so that one request has one id in every log. */
function requestId(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && UUID.test(given) ? given : randomUUID();
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);
