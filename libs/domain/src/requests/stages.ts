/** The steps of a request's way, as changes to it: whom it waits for next, and for how long. */
import type { RequestEvent, RequestState } from '@citystreams/contracts';
import { newWait } from '../clock/wait.js';
import { isPersonStep } from './authority.js';
import type { Actor, Moved, RequestEntry, RequestFacts } from './moves.js';
import type { Decision, PersonStep, RunningWait, SubscriptionRequest, WaitingFor } from './subscription-request.js';

/** A move on its way. */
export interface Move {
  request: SubscriptionRequest;
  facts: RequestFacts;
  now: Date;
}

export const PENDING: Readonly<Record<PersonStep, RequestState>> = {
  owner: 'PENDING_OWNER',
  privacy: 'PENDING_PRIVACY',
  cdo: 'PENDING_CDO',
};

/** Working days: of the requester to take an offer or to dispute, of the CDO to rule. */
export const OFFER_DAYS = 10;
export const DISPUTE_DAYS = 10;
export const RULING_DAYS = 10;
/** Together for all questions of one request. */
export const PAUSE_DAYS = 5;
export const MOST_PAUSES = 2;

type Patch = Partial<SubscriptionRequest>;

/** Nobody is waited for any more. */
export const IDLE = { step: null, wait: null, paused: null, offer: null } as const;

/** A wait of its own, from now on. */
export function waitingFor(
  { request, now }: Pick<Move, 'request' | 'now'>,
  whom: WaitingFor,
  limitDays: number,
): { wait: RunningWait; turn: number } {
  const turn = request.turn + 1;
  return { turn, wait: { ...newWait(limitDays, now), for: whom, turn, escalation: 0, silent: [] } };
}

export const atStep = (move: Move, step: PersonStep): Patch => ({
  ...IDLE,
  state: PENDING[step],
  step,
  ...waitingFor(move, step, move.request.replyDays),
});

/** The next of the fixed set, or the grant. */
export function afterStep(move: Move, step: PersonStep): Patch {
  const { steps } = move.request;
  const next = steps.slice(steps.indexOf(step) + 1).find(isPersonStep);
  return next === undefined ? { ...IDLE, state: 'APPROVED' } : atStep(move, next);
}

export interface EntryParts {
  by?: Actor;
  decision?: Decision;
  text?: string | null;
  narrowedBy?: object;
}

/** The request as it is afterwards, and the line of its history that says so. */
export function moved({ request, now }: Move, event: RequestEvent, patch: Patch, parts: EntryParts = {}): Moved {
  const { by = null, decision = null, text = null, narrowedBy = null } = parts;
  const next = { ...request, ...patch };
  if (decision !== null) next.decisions = [...request.decisions, decision];
  const turn = (request.wait ?? next.wait)?.turn ?? null;
  const entry: RequestEntry = { event, from: request.state, to: next.state, by, decision, text, turn, at: now };
  return { ok: true, next, entries: [entry], granted: next.state === 'APPROVED', narrowedBy };
}
