/** Moves of the asking side. */
import { instantAfter } from '../clock/working-time.js';
import { goOn, isOver } from '../clock/wait.js';
import { changesSince } from './basis.js';
import { fixedNow } from './checks.js';
import { type CommandOf, type MoveOutcome, type MoveRefused, refused } from './moves.js';
import { afterStep, DISPUTE_DAYS, IDLE, type Move, moved, PENDING, RULING_DAYS, waitingFor } from './stages.js';
import { standingDecisions } from './subscription-request.js';

/** What does not fit the contract stays a draft, so that it can be told at once; what is forbidden is for the checks. */
export function submit(move: Move, { by }: CommandOf<'submit'>): MoveOutcome {
  const { request, facts } = move;
  const misfit = facts.problems.find((p) => p.code !== 'POLICY_FORBIDS');
  if (misfit !== undefined) return refused(misfit.code, 'the request does not fit the contract', facts.problems);
  return moved(move, 'submitted', { state: 'SUBMITTED', ...fixedNow(request, facts) }, { by });
}

export const withdraw = (move: Move, { by }: CommandOf<'withdraw'>): MoveOutcome =>
  moved(move, 'withdrawn', { ...IDLE, state: 'WITHDRAWN' }, { by });

/** The clock of the step that asked goes on where it stopped. */
export function answer(move: Move, { by, text }: CommandOf<'answer'>): MoveOutcome {
  const { request, now } = move;
  const { step, paused, wait } = request;
  if (step === null || paused === null || wait === null) return lost(request.state);
  const pauses = [...request.pauses, { from: wait.since, to: now }];
  const back = { state: PENDING[step], wait: goOn(paused, now), paused: null, pauses };
  return late(move) ?? moved(move, 'answered', back, { by, text });
}

export function accept(move: Move, { by, text }: CommandOf<'accept'>): MoveOutcome {
  const { request } = move;
  const { offer } = request;
  if (offer === null) return lost(request.state);
  const refusal = late(move) ?? changed(move);
  if (refusal !== null) return refusal;
  const narrowedBy = offer.delta;
  if (offer.by === 'ruling') return moved(move, 'accepted', { ...IDLE, state: 'APPROVED' }, { by, text, narrowedBy });
  return moved(move, 'accepted', afterStep(move, offer.by), { by, text, narrowedBy });
}

export const decline = (move: Move, { by, text }: CommandOf<'decline'>): MoveOutcome =>
  late(move) ?? moved(move, 'declined', { ...IDLE, state: 'WITHDRAWN' }, { by, text });

export function dispute(move: Move, { by, text }: CommandOf<'dispute'>): MoveOutcome {
  const why = undisputable(move);
  if (why !== null) return refused('NOT_DISPUTABLE', why);
  const disputed = { ...IDLE, state: 'DISPUTED' as const, disputed: true, ...waitingFor(move, 'ruling', RULING_DAYS) };
  return late(move) ?? moved(move, 'disputed', disputed, { by, text });
}

function undisputable({ request, facts, now }: Move): string | null {
  if (request.disputed) return 'it was disputed before: the ruling stands';
  if (request.state !== 'REFUSED') return null;
  const refusal = standingDecisions(request).findLast((d) => d.outcome === 'refused');
  if (refusal === undefined) return 'nobody has refused it';
  if (refusal.step === 'rule') return `${refusal.decider} refused it: a rule is not disputed`;
  if (facts.refusalCodes.get(refusal.reasonCode ?? '')?.final === true) {
    return `a refusal for ${refusal.reasonCode} is final`;
  }
  const end = instantAfter(facts.calendar, refusal.at, DISPUTE_DAYS);
  return end.known && end.at <= now
    ? `the ${DISPUTE_DAYS} working days to dispute it ended ${end.at.toISOString()}`
    : null;
}

const lost = (state: string): MoveRefused => refused('STATE_CONFLICT', `the request is ${state}`);

/** The requester was silent too long; that the clock has not been read yet changes nothing. */
function late({ request, facts, now }: Move): MoveRefused | null {
  const { wait, state } = request;
  if (state === 'REFUSED' || wait === null || !isOver(facts.calendar, wait, now)) return null;
  return refused('STATE_CONFLICT', `the request is ${state}, and its time is over: it lapses`);
}

/** What was fixed at submission is no longer what would be granted. */
export function changed({ request, facts }: Move): MoveRefused | null {
  const changes = request.basis === null ? [] : changesSince(request.basis, facts.basis, facts.asked);
  if (changes.length === 0) return null;
  return refused('STATE_CONFLICT', `${changes.join('; ')}: earlier approvals are void, it is submitted anew`);
}
