import { createHash } from 'node:crypto';
import { ProblemError } from '../problems/problem-error.js';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** What the headers of a control write ask for beside its body. */
export interface ControlWrite {
  /** Method and path, and what is sent, for the `Idempotency-Key`; null: none was given. */
  once: { route: string; key: string; request: string } | null;
  /** Revisions that the caller has seen (`If-Match`); null: whichever. */
  seen: number[] | null;
}

/** Throws VALIDATION_FAILED naming each header that cannot be read. */
export const AskedWrite = createParamDecorator((_: unknown, context: ExecutionContext): ControlWrite => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return { once: onceOf(request), seen: seenIn(request.headers['if-match']) };
});

const KEY = /^[\x21-\x7e]{1,200}$/;

function onceOf({ method, url, headers, body }: FastifyRequest): ControlWrite['once'] {
  const key = headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key !== 'string' || !KEY.test(key))
    throw malformed('idempotency-key', 'expected 1 to 200 visible ASCII characters without spaces');
  const path = url.split('?', 1)[0] ?? '';
  return { route: `${method} ${path}`, key, request: digestOf(body) };
}

function digestOf(body: unknown): string {
  try {
    const text = JSON.stringify(body ?? null);
    return createHash('sha256').update(text).digest('hex');
  } catch (cause) {
    // What came as JSON has no other way to fail.
    const problems = [{ field: '$', message: 'nested too deep' }];
    throw new ProblemError('VALIDATION_FAILED', 'The body is not as expected.', { problems, cause });
  }
}

const TAG = /^(W\/)?"([^"]*)"$/;

function seenIn(header: string | undefined): number[] | null {
  if (header === undefined || header.trim() === '*') return null;
  return header.split(',').map((tag) => {
    const [, weak, value = ''] = TAG.exec(tag.trim()) ?? [];
    if (weak !== undefined || !/^\d{1,9}$/.test(value))
      throw malformed('if-match', 'expected the ETag that the resource was given with, or *');
    return Number(value);
  });
}

const malformed = (field: string, message: string): ProblemError =>
  new ProblemError('VALIDATION_FAILED', 'A header is not as expected.', { problems: [{ field, message }] });

export const etagOf = (revision: number): string => `"${revision}"`;
