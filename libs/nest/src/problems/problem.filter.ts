import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { Problem } from '@citystreams/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemOf } from './problem-of.js';

/** RFC 9457. */
const PROBLEM_CONTENT_TYPE = 'application/problem+json; charset=utf-8';

/** Another way to tell errors, for routes whose clients expect one (the schema registry's). */
export interface ErrorFormat {
  /** Is it this format's to answer? `path` is the request's path without its query. */
  matches(path: string): boolean;
  contentType: string;
  /** The body, and the status where it is not the problem's own. */
  render(problem: Problem): { status: number; body: object };
}

/** Every error of a service becomes an answer here, whether it was thrown by a handler, a guard, a pipe or Fastify. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly formats: readonly ErrorFormat[] = []) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    answerProblem(thrown, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>(), this.formats);
  }
}

/** The one place where anything thrown becomes an answer. */
export function answerProblem(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  formats: readonly ErrorFormat[] = [],
): void {
  const { problem, headers, unexpected } = problemOf(thrown, request.id);
  if (problem.code === 'INTERNAL') request.log.error({ err: unexpected }, 'a request failed');
  else if (unexpected !== undefined) request.log.warn({ code: problem.code, reason: reasonsOf(unexpected) }, 'refused');
  if (reply.sent || reply.raw.headersSent) {
    reply.raw.destroy();
    return;
  }
  const path = request.url.split('?', 1)[0] ?? '';
  const format = formats.find((candidate) => candidate.matches(path));
  const answer = format?.render(problem) ?? { status: problem.status, body: problem };
  void reply
    .status(answer.status)
    .headers({ ...headers, 'cache-control': 'no-store', 'content-type': format?.contentType ?? PROBLEM_CONTENT_TYPE })
    // Fastify's own would add a charset to a format's type.
    .serializer(JSON.stringify)
    .send(answer.body);
}

/** The messages of an error and of what caused it, without their stacks: for failures that are expected to happen. */
function reasonsOf(thrown: unknown): string {
  const messages: string[] = [];
  for (let error = thrown; error instanceof Error && messages.length < 5; error = error.cause)
    messages.push(error.message);
  return messages.join(': ');
}
