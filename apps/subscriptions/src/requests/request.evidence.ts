/** What the chain records of a move of a request. Pure. */
import type { AuditAction, RequestEvent, Role } from '@citystreams/contracts';
import type { AuditActor, AuditFact, Decision, RequestEntry, SubscriptionRequest } from '@citystreams/domain';
import type { Caller } from '@citystreams/nest';
import { actorOfCaller } from '../evidence/actors.js';
import type { RequestEntity } from './request.entity.js';

/** null: says nothing that the record beside it does not say. */
const ACTION: Readonly<Record<RequestEvent, AuditAction | null>> = {
  submitted: 'request.submitted',
  'passed-on': null,
  'approved-by-rule': 'request.decided',
  'refused-by-rule': 'request.decided',
  asked: 'request.asked',
  answered: 'request.answered',
  approved: 'request.decided',
  refused: 'request.decided',
  'counter-offered': 'request.countered',
  accepted: 'request.accepted',
  declined: 'request.declined',
  disputed: 'request.disputed',
  'ruled-grant': 'request.decided',
  'ruled-narrower': 'request.countered',
  'ruled-refusal': 'request.decided',
  // Sent or not, a reminder decides nothing: it is recorded when it is sent.
  'reminded-half': null,
  'reminded-most': null,
  escalated: 'request.escalated',
  voided: 'request.resubmitted',
  lapsed: 'request.lapsed',
  withdrawn: 'request.withdrawn',
};

/** The clock, the rule and the contract act in the service's own name. */
const SERVICE: AuditActor = { account: 'citystreams.subscriptions', agency: 'citystreams', role: null };

/** @param wasDue the step that was due before */
export function auditOfMove(
  row: RequestEntity,
  before: SubscriptionRequest,
  wasDue: string | null,
  next: SubscriptionRequest,
  entries: readonly RequestEntry[],
  caller: Caller | null,
): AuditFact[] {
  return entries.flatMap((entry): AuditFact[] => {
    const action = ACTION[entry.event];
    if (action === null) return [];
    const { decision } = entry;
    return [
      {
        actor: actorOf(entry, caller),
        action,
        object: { kind: 'request', id: row.id },
        outcome: decision?.outcome ?? entry.event,
        reasonCode: decision?.reasonCode ?? null,
        request: row.id,
        before: { state: entry.from, due: wasDue, waitingFor: before.wait?.for ?? null },
        after: { ...stateAfter(next, entry), ...(tellsAll(entry) && askedIn(row)), ...judged(decision) },
        texts: textsOf(row, next, entry),
        at: entry.at,
      },
    ];
  });
}

const tellsAll = ({ event }: RequestEntry): boolean => ['submitted', 'voided', 'accepted'].includes(event);

const stateAfter = (next: SubscriptionRequest, entry: RequestEntry) => ({
  state: next.state === entry.to ? next.state : entry.to,
  due: next.step,
  waitingFor: next.wait?.for ?? null,
  limitDays: next.wait?.limitDays ?? null,
  escalation: next.wait?.escalation ?? 0,
});

/** All of what is asked, so that it can be read from the evidence alone. */
const askedIn = (row: RequestEntity) => ({
  stream: row.stream,
  owner: row.owner,
  asking: row.asking,
  level: row.level,
  fields: row.fields,
  masks: row.masks,
  predicate: row.predicate,
  restriction: row.restriction,
  purpose: row.purpose,
  months: row.months,
  start: row.start,
  principals: row.principals,
  continues: row.continues,
  steps: row.steps,
  policyVersion: row.policyVersion,
});

const judged = (decision: Decision | null) => decision && { step: decision.step, delta: decision.delta };

/** Words and names: whatever can be erased. */
function textsOf(
  row: RequestEntity,
  next: SubscriptionRequest,
  { event, text, decision }: RequestEntry,
): Record<string, string | null> {
  if (event === 'submitted') return { legalBasis: row.legalBasis, necessity: row.necessity };
  const named = { deputyFor: decision?.deputyFor ?? null, inPlaceOf: decision?.inPlaceOf ?? null };
  const silent = event === 'escalated' ? (next.wait?.silent.join(', ') ?? null) : null;
  return { legalGround: decision?.legalGround ?? null, text, ...named, silent };
}

function actorOf({ by, decision }: RequestEntry, caller: Caller | null): AuditActor {
  if (by !== null && caller !== null)
    return actorOfCaller(caller, decision === null ? undefined : (decision.role as Role));
  if (decision !== null) return { account: decision.decider, agency: 'citystreams', role: 'rule' };
  return SERVICE;
}
