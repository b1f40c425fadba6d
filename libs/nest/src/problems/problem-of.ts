import { randomUUID } from 'node:crypto';
import { HttpException, NotFoundException } from '@nestjs/common';
import { PROBLEM_STATUS, type Problem, type ProblemCode } from '@citystreams/contracts';
import { ProblemError } from './problem-error.js';

/** A problem document and what goes with it. `unexpected` is the error to log: a fault of ours, not of the caller. */
export interface AnsweredProblem {
  problem: Problem;
  headers: Readonly<Record<string, string>>;
  unexpected?: unknown;
}

const CODE_OF_STATUS: Readonly<Record<number, ProblemCode>> = {
  400: 'VALIDATION_FAILED',
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  409: 'STATE_CONFLICT',
  412: 'STALE_ETAG',
  413: 'PAYLOAD_TOO_LARGE',
  414: 'VALIDATION_FAILED',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  422: 'VALIDATION_FAILED',
  429: 'RATE_LIMITED',
  502: 'UPSTREAM_UNAVAILABLE',
  503: 'UNAVAILABLE',
};

/**
 * What a caller is told about anything thrown while answering. Ours and the framework's refusals keep their meaning;
 * everything else is `INTERNAL` with an id that the log repeats, and says nothing of its cause.
 */
export function problemOf(thrown: unknown, requestId: string = randomUUID()): AnsweredProblem {
  if (thrown instanceof ProblemError) {
    const problem = document(thrown.code, thrown.detail);
    if (thrown.action !== undefined) problem.action = thrown.action;
    if (thrown.problems !== undefined) problem.problems = [...thrown.problems];
    const worthALine = thrown.code === 'INTERNAL' || (problem.status >= 500 && thrown.cause !== undefined);
    return { problem, headers: thrown.headers, ...(worthALine && { unexpected: thrown }) };
  }
  const refusal = frameworkRefusal(thrown);
  if (refusal !== null) return { problem: document(refusal.code, refusal.detail), headers: {} };
  const problem = document('INTERNAL', 'Something went wrong on our side; the log has more under this id.');
  problem.instance = `urn:uuid:${requestId}`;
  return { problem, headers: {}, unexpected: thrown };
}

/** Nest's own refusals (no such route, a pipe of its own) and Fastify's (malformed body, too large, unknown type). */
function frameworkRefusal(thrown: unknown): { code: ProblemCode; detail: string } | null {
  const status = statusOf(thrown);
  if (status === null) return null;
  const code = CODE_OF_STATUS[status];
  if (code === undefined || PROBLEM_STATUS[code] >= 500) return null;
  if (thrown instanceof NotFoundException) return { code, detail: 'There is nothing at this address.' };
  return { code, detail: (thrown as Error).message };
}

function statusOf(thrown: unknown): number | null {
  if (thrown instanceof HttpException) return thrown.getStatus();
  if (typeof thrown !== 'object' || thrown === null) return null;
  return 'statusCode' in thrown && typeof thrown.statusCode === 'number' ? thrown.statusCode : null;
}

function document(code: ProblemCode, detail: string): Problem {
  const words = code.toLowerCase().replaceAll('_', ' ');
  return {
    type: `urn:citystreams:problem:${code}`,
    title: words.charAt(0).toUpperCase() + words.slice(1),
    status: PROBLEM_STATUS[code],
    code,
    detail,
  };
}
