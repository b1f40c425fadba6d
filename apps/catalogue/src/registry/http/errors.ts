import type { Problem, ProblemCode } from '@citystreams/contracts';
import { PROBLEM_STATUS } from '@citystreams/contracts';
import { type ErrorFormat, problemOf } from '@citystreams/nest';
import { isDatabaseOutage } from '@citystreams/postgres';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { asRegistryError, inWords, RegistryError } from '../registry-error.js';
import { answerAs, answerType, REGISTRY_CONTENT_TYPE } from './media-types.js';

/** Whatever was thrown below the registry's addresses, in its words. */
export function answerError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const error = known(thrown);
  answerAs(reply, answerType(request.headers.accept) ?? REGISTRY_CONTENT_TYPE);
  if (error instanceof RegistryError) {
    const { status, headers, errorCode, message } = error;
    void reply
      .status(status)
      .headers(headers)
      .send(JSON.stringify({ error_code: errorCode, message }));
    return;
  }
  const { problem, headers, unexpected } = problemOf(error, request.id);
  if (unexpected !== undefined)
    request.log.error({ err: unexpected, reqId: request.id }, 'a request to the registry failed');
  const { status, body } = registryErrorFormat.render(problem);
  void reply.status(status).headers(headers).send(JSON.stringify(body));
}

function known(thrown: unknown): unknown {
  if (isDatabaseOutage(thrown)) {
    return new RegistryError('NOT_READY', 'The registry cannot reach its database now; try again shortly.', {
      'retry-after': '2',
    });
  }
  return asRegistryError(thrown, '');
}

const PATHS = /^\/(?:subjects|schemas|compatibility|config|mode|contexts|associations|v1)(?:\/|$)/;

/** What was refused before a route of the registry ran: an unknown address below it, a malformed one. */
export const registryErrorFormat: ErrorFormat = {
  matches: (path) => PATHS.test(path),
  contentType: REGISTRY_CONTENT_TYPE,
  render: ({ code, detail, problems }: Problem) => {
    const message =
      code === 'NOT_FOUND' ? 'HTTP 404 Not Found' : problems === undefined ? detail : `${detail} ${inWords(problems)}`;
    return {
      status: PROBLEM_STATUS[code as ProblemCode],
      body: { error_code: codeOf(code as ProblemCode), message },
    };
  },
};

function codeOf(code: ProblemCode): number {
  switch (code) {
    case 'UNAUTHENTICATED':
      return 40101;
    case 'FORBIDDEN':
      return 40301;
    case 'INTERNAL':
      return 50001;
    case 'UNAVAILABLE':
      return 50003;
    default:
      return PROBLEM_STATUS[code];
  }
}
