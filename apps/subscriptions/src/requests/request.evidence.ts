/** What the chain records of a move of a request. Pure. */
import type { RequestState, Role } from '@citystreams/contracts';
import type { AuditActor, AuditFact, Decision, RequestEvent } from '@citystreams/domain';
import type { Caller } from '@citystreams/nest';
import { actorOfCaller } from '../evidence/actors.js';
import type { RequestEntity } from './request.entity.js';

interface Before {
  state: RequestState;
  due: RequestEntity['due'];
}

export function auditOfMove(
  row: RequestEntity,
  before: Before,
  events: readonly RequestEvent[],
  caller: Caller,
): AuditFact[] {
  const base = {
    object: { kind: 'request', id: row.id },
    request: row.id,
    before,
    after: { state: row.state, due: row.due },
  } as const;
  return events.flatMap((event): AuditFact[] => {
    switch (event.type) {
      case 'submitted':
        return [{ ...base, ...submission(row), actor: actorOfCaller(caller), at: event.at }];
      case 'decided': {
        const after = { ...base.after, step: event.decision.step };
        return [{ ...base, ...judgement(event.decision), after, actor: deciderOf(event.decision, caller) }];
      }
      case 'withdrawn': {
        const actor = actorOfCaller(caller);
        const outcome = 'withdrawn';
        return [{ ...base, action: 'request.withdrawn', actor, outcome, reasonCode: null, at: event.at }];
      }
      default:
        // An approval is recorded as the decision that made it and the entitlement that came of it.
        return [];
    }
  });
}

/** All of what was asked, so that it can be read from the evidence alone. */
const submission = (row: RequestEntity) =>
  ({
    action: 'request.submitted',
    outcome: 'submitted',
    reasonCode: null,
    after: {
      stream: row.stream,
      owner: row.owner,
      asking: row.asking,
      level: row.level,
      fields: row.fields,
      masks: row.masks,
      predicate: row.predicate,
      purpose: row.purpose,
      months: row.months,
      start: row.start,
      principals: row.principals,
      steps: row.steps,
      policyVersion: row.policyVersion,
      state: row.state,
      due: row.due,
    },
    texts: { legalBasis: row.legalBasis, necessity: row.necessity },
  }) as const;

const judgement = ({ outcome, reasonCode, legalGround, text, at }: Decision) =>
  ({ action: 'request.decided', outcome, reasonCode, texts: { legalGround, text }, at }) as const;

const deciderOf = ({ step, decider, role }: Decision, caller: Caller): AuditActor =>
  step === 'rule' ? { account: decider, agency: 'citystreams', role: 'rule' } : actorOfCaller(caller, role as Role);
