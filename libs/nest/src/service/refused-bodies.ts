import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** Of a body that was refused before it was read. */
const READ_ON_BYTES = 32 * 1_048_576;
const READ_ON_MS = 5_000;

/**
 * Most clients send the whole body before they look for an answer. If the connection were closed on what they still send,
 * they would tell of a broken pipe, not of the 413 or 415 that explains it. So what comes after a refusal is read and
 * thrown away, up to a bound, before the refusal is sent.
 */
export function readRefusedBodies(fastify: FastifyInstance): void {
  fastify.addHook('onError', (request, _reply, _error, done) => readOn(request.raw, done));
}

function readOn(request: IncomingMessage, done: () => void): void {
  if (request.complete || request.readableEnded || request.destroyed || !announcesBody(request)) return done();
  let bytes = 0;
  const count = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes > READ_ON_BYTES) finish();
  };
  const finish = (): void => {
    clearTimeout(timer);
    request.off('data', count).off('end', finish).off('close', finish);
    done();
  };
  const timer = setTimeout(finish, READ_ON_MS);
  request.on('data', count).on('end', finish).on('close', finish);
  request.resume();
}

const announcesBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
