import { ProblemError } from '@citystreams/nest';
import type { ServiceName } from '../routes.js';

/** The request certainly did not reach the service. */
const NOT_REACHED = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** What a caller is told when a service gives no answer: whether its request can have had an effect, and whose fault. */
export function upstreamFailure(service: ServiceName, error: Error, safe: boolean): ProblemError {
  if (codesOf(error).some((code) => NOT_REACHED.has(code))) {
    return new ProblemError('UNAVAILABLE', `The ${service} service is not available; nothing was done.`, {
      action: 'Try again shortly.',
      headers: { 'retry-after': '2' },
    });
  }
  const outcome = safe ? '' : ' Whether the request had an effect is not known.';
  return new ProblemError('UPSTREAM_UNAVAILABLE', `The ${service} service did not answer in time.${outcome}`, {
    action: safe ? 'Try again shortly.' : 'Look at the state first, then try again.',
  });
}

/** The codes of an error, of what caused it, and of what it bundles (a name with several addresses). */
function codesOf(error: unknown): string[] {
  if (typeof error !== 'object' || error === null) return [];
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown };
  const own = typeof code === 'string' ? [code] : [];
  const bundled = Array.isArray(errors) ? errors.flatMap(codesOf) : [];
  return [...own, ...bundled, ...codesOf(cause)];
}
