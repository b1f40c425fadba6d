/** The platform's HTTP API as a person of the city uses it: own token, problems as errors. */
import { randomUUID } from 'node:crypto';
import { HTTP_AUDIENCE, Problem } from '@citystreams/contracts';
import { z } from 'zod';

export interface CityApi {
  /** The body of a 2xx answer; null for 404. @throws ApiRefused */
  find<T>(account: string, path: string, shape: z.ZodType<T>): Promise<T | null>;
  /** @throws ApiRefused */
  post<T>(account: string, path: string, body: unknown, shape: z.ZodType<T>): Promise<T>;
}

export class ApiRefused extends Error {
  override readonly name = 'ApiRefused';
  constructor(
    what: string,
    readonly status: number,
    readonly code: string,
    detail: string,
  ) {
    super(`${what}: ${detail} (${code})`);
  }
}

const TokenAnswer = z.object({ access_token: z.string(), expires_in: z.number() });
const ANSWER_MS = 15_000;

export function openCityApi(o: { gateway: string; tokenEndpoint: string; secretOf(account: string): string }): CityApi {
  const tokens = new Map<string, { token: string; until: number }>();

  async function tokenOf(account: string): Promise<string> {
    const kept = tokens.get(account);
    if (kept !== undefined && kept.until > Date.now()) return kept.token;
    const pair = `${encodeURIComponent(account)}:${encodeURIComponent(o.secretOf(account))}`;
    const answer = await fetch(o.tokenEndpoint, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', resource: HTTP_AUDIENCE }),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if (!answer.ok)
      throw new ApiRefused(`a token for ${account}`, answer.status, 'NO_TOKEN', `status ${answer.status}`);
    const { access_token: token, expires_in: seconds } = TokenAnswer.parse(await answer.json());
    tokens.set(account, { token, until: Date.now() + (seconds * 1000) / 2 });
    return token;
  }

  async function call(account: string, method: 'GET' | 'POST', path: string, body?: unknown): Promise<Response> {
    const headers: Record<string, string> = { authorization: `Bearer ${await tokenOf(account)}` };
    if (method === 'POST') {
      headers['content-type'] = 'application/json';
      headers['idempotency-key'] = randomUUID();
    }
    return fetch(`${o.gateway}${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
  }

  return {
    async find(account, path, shape) {
      const answer = await call(account, 'GET', path);
      if (answer.ok) return shape.parse(await answer.json());
      const refused = await refusal(`GET ${path} as ${account}`, answer);
      if (answer.status === 404) return null;
      throw refused;
    },
    async post(account, path, body, shape) {
      const answer = await call(account, 'POST', path, body);
      if (answer.ok) return shape.parse(await answer.json());
      throw await refusal(`POST ${path} as ${account}`, answer);
    },
  };
}

async function refusal(what: string, answer: Response): Promise<ApiRefused> {
  const problem = Problem.safeParse(await answer.json().catch(() => null));
  if (!problem.success) return new ApiRefused(what, answer.status, `HTTP_${answer.status}`, answer.statusText);
  const { code, detail, problems = [] } = problem.data;
  const each = problems.map(({ field, message }) => `${field}: ${message}`).join('; ');
  return new ApiRefused(what, answer.status, code, each === '' ? detail : `${detail} ${each}`);
}
