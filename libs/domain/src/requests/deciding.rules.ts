/** Moves of the deciding side. */
import { daysPassedIn } from '../clock/working-time.js';
import { pause } from '../clock/wait.js';
import { changed } from './asking.rules.js';
import { type Authority, rightNow, rightToJudge, roleOf, stepWithoutDecider } from './authority.js';
import { type Actor, type CommandOf, type MoveOutcome, type MoveRefused, refused } from './moves.js';
import { afterStep, IDLE, MOST_PAUSES, type Move, moved, OFFER_DAYS, PAUSE_DAYS, waitingFor } from './stages.js';
import { type Decision, type PersonStep, standingDecisions } from './subscription-request.js';

type Right = { step: PersonStep; right: Authority } | MoveRefused;

/** Whose turn it is decides; one person gives one approval, even with two roles. */
function turnOf({ request, facts }: Move, by: Actor): Right {
  const { step, state } = request;
  const right = rightNow(by, request, facts);
  if (step === null || right === null) {
    return refused('STATE_CONFLICT', `the request is ${state}: the ${step === null ? 'CDO' : roleOf(step)} is due`);
  }
  if (standingDecisions(request).some((d) => d.decider === by.account)) {
    return refused('FORBIDDEN', 'one person gives one approval: you have decided an earlier step of this request');
  }
  return { step, right };
}

/** Pauses the step's clock until the requester answers. */
export function ask(move: Move, { by, text }: CommandOf<'ask'>): MoveOutcome {
  const { request, facts, now } = move;
  const turn = turnOf(move, by);
  if ('ok' in turn) return turn;
  const daysLeft = PAUSE_DAYS - daysPassedIn(facts.calendar, request.pauses).days;
  if (request.pauses.length >= MOST_PAUSES || daysLeft <= 0) {
    const most = `${MOST_PAUSES} questions and ${PAUSE_DAYS} working days for their answers`;
    return refused('PAUSES_USED_UP', `a request has at most ${most}: decide on what is known`);
  }
  const paused = request.wait && pause(request.wait, now);
  const asked = { state: 'INFO_REQUESTED' as const, paused, ...waitingFor(move, 'answer', daysLeft) };
  return moved(move, 'asked', asked, { by, text });
}

export function approve(move: Move, { by, text }: CommandOf<'approve'>): MoveOutcome {
  const { request, facts } = move;
  const turn = turnOf(move, by);
  if ('ok' in turn) return turn;
  const obstacle = changed(move) ?? obstacleNow(move);
  if (obstacle !== null) return obstacle;
  const next = afterStep(move, turn.step);
  const decision = { ...decisionOf(move, by, turn.step, turn.right), outcome: 'approved' as const, text };
  const left = request.steps.slice(request.steps.indexOf(turn.step) + 1);
  const deciders = [...standingDecisions(request).map((d) => d.decider), by.account];
  const orphan = stepWithoutDecider(left, facts.deciders, request.asking, deciders);
  if (orphan === null) return moved(move, 'approved', next, { by, decision, text });
  const why = `if you approve this step, nobody else is left for the step "${orphan}"`;
  return refused('NO_DECIDER', `${why}: let somebody else take one of them, or delegate it`);
}

/** Policy and negative list can become stricter after the submission. */
function obstacleNow({ facts }: Move): MoveRefused | null {
  const texts = facts.forbidden === null ? facts.problems.map((p) => p.message) : [facts.forbidden.text];
  return texts.length === 0 ? null : refused('STATE_CONFLICT', `${texts.join('; ')}; it has to be asked again`);
}

export function refuse(move: Move, command: CommandOf<'refuse'>): MoveOutcome {
  const { by, reasonCode, legalGround, text } = command;
  const turn = turnOf(move, by);
  if ('ok' in turn) return turn;
  const base = decisionOf(move, by, turn.step, turn.right);
  const decision = { ...base, outcome: 'refused' as const, reasonCode, legalGround, text };
  return (
    unknownReason(move, reasonCode) ?? moved(move, 'refused', { ...IDLE, state: 'REFUSED' }, { by, decision, text })
  );
}

export function counterOffer(move: Move, { by, delta, text }: CommandOf<'counter-offer'>): MoveOutcome {
  const turn = turnOf(move, by);
  if ('ok' in turn) return turn;
  const obstacle = notNarrower(move) ?? changed(move);
  if (obstacle !== null) return obstacle;
  const base = decisionOf(move, by, turn.step, turn.right);
  const decision = { ...base, outcome: 'counter-offered' as const, delta, text };
  return moved(move, 'counter-offered', offered(move, { by: turn.step, delta }), { by, decision, text });
}

/** The CDO's word on a dispute. */
export function rule(move: Move, command: CommandOf<'rule'>): MoveOutcome {
  const { by, legalGround, text } = command;
  const right = rightToJudge(by, move.request, move.facts);
  if (right === null)
    return refused('FORBIDDEN', 'a dispute is ruled by the CDO, or a deputy, of no office it is about');
  const base = { ...decisionOf(move, by, 'ruling', right), legalGround, text };
  switch (command.outcome) {
    case 'grant': {
      const decision = { ...base, outcome: 'approved' as const };
      const granted = { ...IDLE, state: 'APPROVED' as const };
      return changed(move) ?? moved(move, 'ruled-grant', granted, { by, decision, text });
    }
    case 'grant-narrower': {
      const { delta } = command;
      const decision = { ...base, outcome: 'counter-offered' as const, delta };
      const offer = offered(move, { by: 'ruling', delta });
      return notNarrower(move) ?? changed(move) ?? moved(move, 'ruled-narrower', offer, { by, decision, text });
    }
    default: {
      const decision = { ...base, outcome: 'refused' as const, reasonCode: command.reasonCode };
      const final = { ...IDLE, state: 'REFUSED' as const };
      return unknownReason(move, command.reasonCode) ?? moved(move, 'ruled-refusal', final, { by, decision, text });
    }
  }
}

const offered = (move: Move, offer: { by: PersonStep | 'ruling'; delta: object }) => ({
  ...IDLE,
  state: 'COUNTER_OFFERED' as const,
  step: move.request.step,
  offer,
  ...waitingFor(move, 'offer', OFFER_DAYS),
});

const decisionOf = (
  { request, now }: Move,
  by: Actor,
  step: Decision['step'],
  right: Authority,
): Omit<Decision, 'outcome'> => ({
  ...{ step, decider: by.account, role: right.role, deputyFor: right.deputyFor, inPlaceOf: right.inPlaceOf },
  ...{ reasonCode: null, legalGround: null, text: null, delta: null, round: request.round, at: now },
});

function notNarrower({ facts }: Move): MoveRefused | null {
  if (facts.deltaProblems.length === 0) return null;
  return refused('NOT_NARROWER', 'a counter-offer gives less than what is asked, in every part', facts.deltaProblems);
}

function unknownReason({ facts }: Move, code: string): MoveRefused | null {
  if (facts.refusalCodes.has(code)) return null;
  const message = `"${code}" is not a reason code; known: ${[...facts.refusalCodes.keys()].join(', ')}`;
  return refused('VALIDATION_FAILED', message, [{ field: 'reasonCode', message }]);
}
