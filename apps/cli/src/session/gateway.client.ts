/** Requests to the gateway in the name of the session's account. */
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

  async function get<T>(path: string, shape: z.ZodType<T>): Promise<T> {
    const answer = await reach(`${gateway}${path}`, {
      headers: { authorization: `Bearer ${session.token}`, accept: 'application/json' },
    });
    if (answer.status === 401) throw logInAgain('the session is not accepted any more', session.account);
    const body: unknown = await answer.json().catch(() => null);
    if (!answer.ok) throw refused(answer, body);
    const parsed = shape.safeParse(body);
    if (parsed.success) return parsed.data;
    throw new CommandFailure('failed', `${gateway} answers ${path} in a way this version does not understand`);
  }

  return { gateway, account: session.account, get };
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
    return await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(ANSWER_MS) });
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
  const each = problems.map(({ field, message }) => `\n  ${field}: ${message}`).join('');
  return new CommandFailure('failed', `${detail} (${code})${each}`, action);
}
