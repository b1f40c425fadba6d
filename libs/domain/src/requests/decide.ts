/**
 * The request machine. Everything that is not in this table is refused with a stable code and has no effect.
 *
 * | from                          | command  | to                                                             |
 * |-------------------------------|----------|----------------------------------------------------------------|
 * | DRAFT                         | submit   | APPROVED by rule: unconditional stream and every field L1       |
 * | DRAFT                         | submit   | REFUSED by rule: not shared, forbidden by policy, no decider    |
 * | DRAFT                         | submit   | PENDING_OWNER otherwise                                         |
 * | PENDING_OWNER, _PRIVACY, _CDO | approve  | the next of the steps fixed at submission, or APPROVED          |
 * | PENDING_OWNER, _PRIVACY, _CDO | refuse   | REFUSED                                                         |
 * | DRAFT, PENDING_*              | withdraw | WITHDRAWN                                                       |
 */
import type { DecisionStep, RequestState } from '@citystreams/contracts';
import { isPersonStep, mayDecide, roleOf, stepWithoutDecider } from './deciders.js';
import type {
  Actor,
  Decision,
  PersonStep,
  RequestCommand,
  RequestEvent,
  RequestFacts,
  RequestFile,
  RequestOutcome,
} from './request.js';

const PENDING: Record<PersonStep, RequestState> = {
  owner: 'PENDING_OWNER',
  privacy: 'PENDING_PRIVACY',
  cdo: 'PENDING_CDO',
};
const STEPS: readonly PersonStep[] = ['owner', 'privacy', 'cdo'];

export function decide(request: RequestFile, command: RequestCommand, facts: RequestFacts, now: Date): RequestOutcome {
  switch (command.type) {
    case 'submit':
      return submit(request, command.by, facts, now);
    case 'withdraw':
      return withdraw(request, command.by, now);
    default:
      return judge(request, command, facts, now);
  }
}

const refuse = (
  code: Extract<RequestOutcome, { ok: false }>['code'],
  detail: string,
): Extract<RequestOutcome, { ok: false }> => ({ ok: false, code, detail });

const isAsking = (by: Actor, request: RequestFile): boolean =>
  by.agency === request.asking && (by.roles.includes('steward') || by.roles.includes('service'));

function submit(request: RequestFile, by: Actor, facts: RequestFacts, now: Date): RequestOutcome {
  if (!isAsking(by, request)) return refuse('FORBIDDEN', 'only a steward or a service of the asking agency submits');
  if (request.state !== 'DRAFT') return conflict(request, 'submitted');
  const misfit = facts.problems.find((p) => p.code !== 'POLICY_FORBIDS');
  if (misfit !== undefined) {
    return { ok: false, code: misfit.code, detail: 'the request does not fit the contract', problems: facts.problems };
  }
  const steps = stepsFor(facts);
  const fixed = { ...request, level: facts.level, steps, policyVersion: facts.policy.version };
  const refusal = refusalByRule(request, facts, steps);
  const submitted: RequestEvent = { type: 'submitted', at: now };
  if (refusal !== null) {
    const decision = byRule(facts, 'refused', now, refusal.code, refusal.text);
    return done({ ...fixed, state: 'REFUSED', due: null }, decision, [submitted, { type: 'decided', decision }]);
  }
  const first = steps.find(isPersonStep);
  if (first === undefined) {
    const decision = byRule(facts, 'approved', now, null, null);
    const events: RequestEvent[] = [submitted, { type: 'decided', decision }, { type: 'approved', at: now }];
    return done({ ...fixed, state: 'APPROVED', due: null }, decision, events);
  }
  return { ok: true, next: { ...fixed, state: PENDING[first], due: first }, events: [submitted] };
}

/** The rule alone decides only what is public on an unconditional stream; everywhere else the owner is the first asked. */
function stepsFor(facts: RequestFacts): DecisionStep[] {
  if (facts.sharing === 'unconditional' && facts.level === 'L1') return ['rule'];
  const asked = facts.policy.levels[facts.level].approvers.filter(isPersonStep);
  return STEPS.filter((step) => step === 'owner' || asked.includes(step));
}

function refusalByRule(
  request: RequestFile,
  facts: RequestFacts,
  steps: readonly DecisionStep[],
): { code: string; text: string } | null {
  if (facts.sharing === 'not-shared') return { code: 'NOT_SHARED', text: 'the owner does not share this stream' };
  const rule = facts.policy.levels[facts.level];
  if (rule.sharing === 'not-shared' || rule.approvers.length === 0) {
    return { code: 'NOT_SHARED', text: `${facts.level} fields are not shared over this platform` };
  }
  if (facts.problems.length > 0) {
    return { code: 'POLICY_FORBIDS', text: facts.problems.map((p) => p.message).join('; ') };
  }
  const orphan = stepWithoutDecider(steps, facts.deciders, request.asking);
  if (orphan === null) return null;
  return { code: 'NO_DECIDER', text: `nobody outside ${request.asking} can decide the step "${orphan}"` };
}

const byRule = (
  facts: RequestFacts,
  outcome: Decision['outcome'],
  at: Date,
  reasonCode: string | null,
  text: string | null,
): Decision => {
  const decider = `policy ${facts.policy.version}`;
  return { step: 'rule', outcome, decider, role: 'rule', reasonCode, legalGround: reasonCode && decider, text, at };
};

function judge(
  request: RequestFile,
  command: Extract<RequestCommand, { type: 'approve' | 'refuse' }>,
  facts: RequestFacts,
  now: Date,
): RequestOutcome {
  const { by } = command;
  if (!STEPS.some((step) => mayDecide(by, step, request))) {
    return refuse('FORBIDDEN', 'you hold no role that decides this request');
  }
  const { due } = request;
  if (due === null || !isPersonStep(due) || request.state !== PENDING[due]) {
    return conflict(request, command.type === 'approve' ? 'approved' : 'refused');
  }
  if (request.decisions.some((d) => d.decider === by.account)) {
    return refuse('FORBIDDEN', 'one person gives one approval: you have decided an earlier step of this request');
  }
  if (!mayDecide(by, due, request)) {
    return refuse('STATE_CONFLICT', `the request is ${request.state}: the ${roleOf(due)} is due`);
  }
  const decision = decisionOf(command, due, now);
  if (command.type === 'refuse') {
    if (!facts.reasonCodes.has(command.reasonCode)) {
      return refuse(
        'VALIDATION_FAILED',
        `"${command.reasonCode}" is not a reason code; known: ${[...facts.reasonCodes].join(', ')}`,
      );
    }
    return done({ ...request, state: 'REFUSED', due: null }, decision, [{ type: 'decided', decision }]);
  }
  const changed = changedSince(request, facts);
  if (changed !== null) return refuse('STATE_CONFLICT', `${changed}; it has to be asked again`);
  const next = request.steps.slice(request.steps.indexOf(due) + 1).find(isPersonStep);
  if (next !== undefined) {
    return done({ ...request, state: PENDING[next], due: next }, decision, [{ type: 'decided', decision }]);
  }
  const events: RequestEvent[] = [
    { type: 'decided', decision },
    { type: 'approved', at: now },
  ];
  return done({ ...request, state: 'APPROVED', due: null }, decision, events);
}

/** What was fixed at submission no longer covers what would be granted now. */
function changedSince(request: RequestFile, facts: RequestFacts): string | null {
  if (facts.level > request.level)
    return `the asked fields were ${request.level} when it was submitted and are ${facts.level} now`;
  if (facts.sharing === 'not-shared') return 'the stream is no longer shared';
  if (facts.problems.length > 0) return facts.problems.map((p) => p.message).join('; ');
  return null;
}

const decisionOf = (
  command: Extract<RequestCommand, { type: 'approve' | 'refuse' }>,
  step: PersonStep,
  at: Date,
): Decision => ({
  step,
  outcome: command.type === 'approve' ? 'approved' : 'refused',
  decider: command.by.account,
  role: roleOf(step),
  reasonCode: command.type === 'refuse' ? command.reasonCode : null,
  legalGround: command.type === 'refuse' ? command.legalGround : null,
  text: command.text,
  at,
});

function withdraw(request: RequestFile, by: Actor, now: Date): RequestOutcome {
  if (!isAsking(by, request)) return refuse('FORBIDDEN', 'only the asking agency withdraws');
  if (request.state !== 'DRAFT' && request.due === null) return conflict(request, 'withdrawn');
  return { ok: true, next: { ...request, state: 'WITHDRAWN', due: null }, events: [{ type: 'withdrawn', at: now }] };
}

const conflict = (request: RequestFile, wanted: string): RequestOutcome =>
  refuse('STATE_CONFLICT', `the request is ${request.state}: it can no longer be ${wanted}`);

const done = (next: RequestFile, decision: Decision, events: RequestEvent[]): RequestOutcome => ({
  ok: true,
  next: { ...next, decisions: [...next.decisions, decision] },
  events,
});
