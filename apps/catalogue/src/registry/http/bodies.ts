import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RegistryError } from '../registry-error.js';
import { isRequestType } from './media-types.js';

const inflate = promisify(gunzip);

/**
 * Reads bodies as JSON, also compressed ones; what is not JSON by its type is 415, and more than `limit` bytes, also
 * after decompression, is 413. What comes with a DELETE is not looked at.
 */
export function readBodies(fastify: FastifyInstance, limit: number): void {
  fastify.removeAllContentTypeParsers();
  const parse = fastify.getDefaultJsonParser('error', 'error');
  const parseText = (request: FastifyRequest, text: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      void parse(request, text, (error: Error | null, value?: unknown) =>
        error === null ? resolve(value) : reject(malformed(error)),
      );
    });
  fastify.addContentTypeParser(
    '*',
    { parseAs: 'buffer', bodyLimit: limit },
    async (request: FastifyRequest, body: Buffer) => {
      if (body.length === 0 || request.method === 'DELETE') return undefined;
      if (!isRequestType(request.headers['content-type'])) throw unsupported();
      const bytes = await decoded(body, request.headers['content-encoding'], limit);
      return parseText(request, bytes.toString('utf8'));
    },
  );
}

async function decoded(body: Buffer, encoding: string | undefined, limit: number): Promise<Buffer> {
  if (encoding === undefined || encoding === 'identity') return body;
  if (encoding !== 'gzip' && encoding !== 'x-gzip') throw unsupported();
  try {
    return await inflate(body, { maxOutputLength: limit });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new RegistryError('TOO_LARGE', `The body is larger than ${limit} bytes`);
    throw new RegistryError('MALFORMED', 'The body is not what its Content-Encoding says');
  }
}

const malformed = (cause: Error): RegistryError =>
  new RegistryError('MALFORMED', `The body is not JSON that can be read: ${cause.message}`);
const unsupported = (): RegistryError => new RegistryError('UNSUPPORTED_MEDIA_TYPE', 'HTTP 415 Unsupported Media Type');
