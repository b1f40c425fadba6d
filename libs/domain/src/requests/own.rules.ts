/** Moves that nobody makes: the checks of a submission, the clock, a change of the contract. */
import { fire, marksDue } from '../clock/wait.js';
import { isPersonStep } from './authority.js';
import { changesSince } from './basis.js';
import { decisionByRule, fixedNow, refusalByRule } from './checks.js';
import { type CommandOf, type MoveOutcome, refused } from './moves.js';
import { atStep, IDLE, type Move, moved, waitingFor } from './stages.js';
import type { RunningWait, WaitingFor } from './subscription-request.js';

/** The rule grants, the rule refuses, or the first person is asked. */
export function check(move: Move): MoveOutcome {
  const { request, facts, now } = move;
  const refusal = refusalByRule(request, facts);
  if (refusal !== null) {
    const decision = decisionByRule(request, facts, refusal, now);
    return moved(move, 'refused-by-rule', { ...IDLE, state: 'REFUSED' }, { decision, text: refusal.text });
  }
  const first = request.steps.find(isPersonStep);
  if (first !== undefined) return moved(move, 'passed-on', atStep(move, first));
  const decision = decisionByRule(request, facts, null, now);
  return moved(move, 'approved-by-rule', { ...IDLE, state: 'APPROVED' }, { decision });
}

/** Approvals rest on what the stream was; the request begins again under what it is. */
export function change(move: Move): MoveOutcome {
  const { request, facts } = move;
  const changes = request.basis === null ? [] : changesSince(request.basis, facts.basis, facts.asked);
  if (changes.length === 0) return refused('STATE_CONFLICT', 'nothing that the request rests on has changed');
  const again = { ...IDLE, state: 'SUBMITTED' as const, ...fixedNow(request, facts) };
  return moved(move, 'voided', again, { text: changes.join('; ') });
}

/** One level up at a time; after the last, it stays overdue and is shown so. */
const MOST_ESCALATIONS: Readonly<Record<WaitingFor, number>> = {
  owner: 2,
  privacy: 2,
  cdo: 1,
  ruling: 1,
  answer: 0,
  offer: 0,
};

/** The requester's silence ends a request; a decider's never does, and never approves one. */
export function deadline(move: Move): MoveOutcome {
  const { request, facts, now } = move;
  const { wait } = request;
  if (wait === null || !marksDue(facts.calendar, wait, now).includes('deadline')) return notYet(request.state);
  if (MOST_ESCALATIONS[wait.for] === 0) return moved(move, 'lapsed', { ...IDLE, state: 'LAPSED' });
  const escalation = wait.escalation + 1;
  const again = waitingFor(move, wait.for, wait.limitDays);
  const next: RunningWait = {
    ...again.wait,
    escalation,
    silent: [...wait.silent, ...silentNow(move, wait)],
    spent: escalation === MOST_ESCALATIONS[wait.for],
  };
  return moved(move, 'escalated', { wait: next, turn: again.turn });
}

/** Who had the time that is up: whoever holds the role, not their deputies. */
function silentNow({ request, facts }: Move, wait: RunningWait): string[] {
  const step = wait.escalation > 0 || wait.for === 'ruling' ? 'cdo' : wait.for;
  if (step === 'answer' || step === 'offer') return [];
  return facts.deciders[step].filter((d) => d.deputyFor === null && d.agency !== request.asking).map((d) => d.account);
}

export function remind(move: Move, { mark }: CommandOf<'remind'>): MoveOutcome {
  const { request, facts, now } = move;
  const { wait } = request;
  if (wait === null || !marksDue(facts.calendar, wait, now).includes(mark)) return notYet(request.state);
  return moved(move, mark === 'half' ? 'reminded-half' : 'reminded-most', { wait: fire(wait, mark) });
}

const notYet = (state: string): MoveOutcome => refused('STATE_CONFLICT', `the request is ${state}: its time is not up`);
