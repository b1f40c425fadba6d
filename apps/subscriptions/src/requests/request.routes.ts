/** What all routes that move a request have in common. */
import { RequestResource } from '@citystreams/contracts';
import type { WriteAnswer } from '@citystreams/nest';
import { applyDecorators, HttpCode, Post } from '@nestjs/common';
import { ApiHeader, ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

export const IDEMPOTENT = {
  name: 'Idempotency-Key',
  required: false,
  description: 'The same key and body: the same answer.',
};
const IF_MATCH = {
  name: 'If-Match',
  required: false,
  description: 'The ETag that was read; another one now: 412.',
};

/** `POST /api/requests/{id}/<move>`: the request as it is afterwards, or why it cannot be moved so. */
export const MovesRequest = (move: string) =>
  applyDecorators(
    Post(`:id/${move}`),
    HttpCode(200),
    ApiHeader(IDEMPOTENT),
    ApiHeader(IF_MATCH),
    ApiOkResponse({ standardSchema: RequestResource }),
  );

export function answered<T>(reply: FastifyReply, { status, etag, body }: WriteAnswer<T>): T {
  reply.status(status).header('etag', etag);
  return body;
}
