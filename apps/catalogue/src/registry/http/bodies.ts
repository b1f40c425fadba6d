import { gunzip } from 'node:zlib';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RegistryError } from '../registry-error.js';
import { isRequestType } from './media-types.js';

type Done = (error: Error | null, value?: unknown) => void;

/**
 * Reads bodies as JSON, also compressed ones; what is not JSON by its type is 415, and more than `limit` bytes, also
 * after decompression, is 413. What comes with a DELETE is not looked at.
 */
export function readBodies(fastify: FastifyInstance, limit: number): void {
  fastify.removeAllContentTypeParsers();
  const parse = fastify.getDefaultJsonParser('error', 'error');
  const read = (request: FastifyRequest, body: Buffer, done: Done): void => {
    // Answers through its callback.
    void parse(request, body.toString('utf8'), (error: Error | null, value?: unknown) =>
      done(error === null ? null : malformed(), value),
    );
  };
  const options = { parseAs: 'buffer', bodyLimit: limit } as const;
  fastify.addContentTypeParser('*', options, (request: FastifyRequest, body: Buffer, done: Done) => {
    if (body.length === 0 || request.method === 'DELETE') return done(null, undefined);
    if (!isRequestType(request.headers['content-type'])) return done(unsupported());
    const encoding = request.headers['content-encoding'] ?? 'identity';
    if (encoding === 'identity') return read(request, body, done);
    if (encoding !== 'gzip' && encoding !== 'x-gzip') return done(unsupported());
    gunzip(body, { maxOutputLength: limit }, (error, bytes) => {
      if (error === null) read(request, bytes, done);
      else done(notInflated(error, limit));
    });
  });
}

const notInflated = ({ code }: NodeJS.ErrnoException, limit: number): RegistryError =>
  code === 'ERR_BUFFER_TOO_LARGE'
    ? new RegistryError('TOO_LARGE', `The body is larger than ${limit} bytes`)
    : new RegistryError('MALFORMED', 'The body is not what its Content-Encoding says');
/** Fastify's own message names another media type than was sent, and no place. */
const malformed = (): RegistryError =>
  new RegistryError('MALFORMED', 'The body is not JSON, or has a member that JavaScript could mistake for its own');
const unsupported = (): RegistryError => new RegistryError('UNSUPPORTED_MEDIA_TYPE', 'HTTP 415 Unsupported Media Type');
