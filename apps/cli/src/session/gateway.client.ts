/** Requests to the gateway in the name of the session's account. */
import { randomUUID } from 'node:crypto';
import { Problem } from '@citystreams/contracts';
import type { z } from 'zod';
import type { CommandContext, GlobalOptions } from '../context.js';
import { CommandFailure } from '../failure.js';
import { secretInStack } from '../target/local-stack.js';
import { findTarget, type Target } from '../target/target.js';
import { openSessions, type Session, type SessionStore } from './session.store.js';
import { requestToken } from './token.request.js';

export interface GatewayClient {
  readonly gateway: string;
  readonly account: string;
  /** @throws CommandFailure in the caller's words: session over, not reachable, or what the platform says */
  get<T>(path: string, shape: z.ZodType<T>): Promise<T>;
  /** Null where there is no such thing, or none that this account may know of. @throws CommandFailure */
  find<T>(path: string, shape: z.ZodType<T>): Promise<T | null>;
  /** The body as it comes, however long that takes; it fails where it breaks off. @throws CommandFailure */
  stream(path: string): Promise<AsyncIterable<Uint8Array>>;
  /** Sent under one `Idempotency-Key`, and again after a lost answer. @throws CommandFailure */
  post<T>(path: string, body: unknown, shape: z.ZodType<T>): Promise<T>;
  /** As `post`. */
  patch<T>(path: string, body: unknown, shape: z.ZodType<T>): Promise<T>;
}

interface Asked {
  method?: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
}

const ANSWER_MS = 30_000;
/** A token this near its end might end on the way. */
const SPARE_MS = 5_000;

/** @throws CommandFailure if there is no session */
export async function openGateway(context: CommandContext, options: GlobalOptions): Promise<GatewayClient> {
  const sessions = openSessions(context);
  const target = findTarget(context, options, sessions);
  const session = await currentSession(context, sessions, target);
  const { gateway } = target;

  async function ask(path: string, init: Asked = {}): Promise<{ answer: Response; body: unknown }> {
    const answer = await reach(`${gateway}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${session.token}`, accept: 'application/json', ...init.headers },
    });
    if (answer.status === 401) throw logInAgain('the session is not accepted any more', session.account);
    return { answer, body: await answer.json().catch(() => null) };
  }

  function read<T>(path: string, { answer, body }: { answer: Response; body: unknown }, shape: z.ZodType<T>): T {
    if (!answer.ok) throw refused(answer, body);
    const parsed = shape.safeParse(body);
    if (parsed.success) return parsed.data;
    throw new CommandFailure('failed', `${gateway} answers ${path} in a way this version does not understand`);
  }

  async function write<T>(method: string, path: string, body: unknown, shape: z.ZodType<T>): Promise<T> {
    const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
    const init = { method, headers, body: JSON.stringify(body) };
    const first = await ask(path, init);
    // The service may have done it and its answer be lost: the key makes asking again harmless.
    const again = first.answer.status === 502 || first.answer.status === 503;
    return read(path, again ? await ask(path, init) : first, shape);
  }

  return {
    gateway,
    account: session.account,
    get: async (path, shape) => read(path, await ask(path), shape),
    find: async (path, shape) => {
      const asked = await ask(path);
      return asked.answer.status === 404 ? null : read(path, asked, shape);
    },
    async stream(path) {
      const headers = { authorization: `Bearer ${session.token}` };
      const answer = await reach(`${gateway}${path}`, { headers, signal: null });
      if (answer.status === 401) throw logInAgain('the session is not accepted any more', session.account);
      if (!answer.ok || answer.body === null) throw refused(answer, await answer.json().catch(() => null));
      return answer.body;
    },
    post: (path, body, shape) => write('POST', path, body, shape),
    patch: (path, body, shape) => write('PATCH', path, body, shape),
  };
}

/** An account of the local stack is renewed from the stack's own file; anybody else logs in again. */
async function currentSession(context: CommandContext, sessions: SessionStore, target: Target): Promise<Session> {
  const session = sessions.find(target.gateway);
  if (session === undefined) {
    throw new CommandFailure('failed', `nobody is logged in at ${target.gateway}`, 'citystreams login <account>');
  }
  if (Date.parse(session.expiresAt) - SPARE_MS > context.now().getTime()) return session;
  const { stack } = target;
  const secret = stack === null ? undefined : secretInStack(stack, session.account);
  if (stack === null || secret === undefined) throw logInAgain('the session has expired', session.account);
  const { tokenEndpoint } = stack;
  const fresh = await requestToken({ tokenEndpoint, account: session.account, secret, now: context.now() });
  const renewed = { account: session.account, ...fresh };
  sessions.keep(target.gateway, renewed);
  return renewed;
}

const logInAgain = (why: string, account: string): CommandFailure =>
  new CommandFailure('failed', why, `citystreams login ${account}`);

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS), ...init, redirect: 'error' });
  } catch {
    const { origin } = new URL(url);
    throw new CommandFailure(
      'failed',
      `the gateway does not answer at ${origin}`,
      'is it running? npm start shows its address',
    );
  }
}

function refused(answer: Response, body: unknown): CommandFailure {
  const problem = Problem.safeParse(body);
  if (!problem.success)
    return new CommandFailure('failed', `the gateway answers ${answer.status} ${answer.statusText}`);
  const { code, detail, action, problems = [] } = problem.data;
  const each = problems
    .map(({ field, message, fix }) => `\n  ${field}: ${message}${fix === undefined ? '' : `\n      ${fix}`}`)
    .join('');
  return new CommandFailure('failed', `${detail} (${code})${each}`, action);
}
