import type { FastifyInstance, FastifyRequest } from 'fastify';

/**
 * The media types a service reads, all as JSON; anything else is refused with 415. An empty body is no body: clients
 * send the type even when there is nothing to say.
 */
export function readJsonBodies(fastify: FastifyInstance, mediaTypes: readonly string[]): void {
  fastify.removeAllContentTypeParsers();
  const parse = fastify.getDefaultJsonParser('error', 'error');
  for (const type of mediaTypes) {
    fastify.addContentTypeParser(
      type,
      { parseAs: 'string' },
      (request: FastifyRequest, body: string, done: (error: Error | null, value?: unknown) => void) => {
        if (body.length === 0) done(null, undefined);
        else void parse(request, body, done); // Answers through `done`.
      },
    );
  }
}
