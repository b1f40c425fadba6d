import type { DecisionResource, RequestResource } from '@citystreams/contracts';
import type { DecisionEntity } from './decision.entity.js';
import type { RequestEntity } from './request.entity.js';

/** A request as its readers see it; decisions in the order in which they were made. */
export const resourceOf = (row: RequestEntity, decisions: readonly DecisionEntity[]): RequestResource => ({
  id: row.id,
  state: row.state,
  stream: row.stream,
  owner: row.owner,
  asking: row.asking,
  fields: row.fields,
  masks: row.masks,
  predicate: row.predicate,
  purpose: row.purpose,
  legalBasis: row.legalBasis,
  necessity: row.necessity,
  duration: { months: row.months },
  start: row.start,
  principals: row.principals,
  level: row.level,
  steps: row.steps,
  policyVersion: row.policyVersion,
  due: row.due,
  decisions: decisions.map(decisionOf),
  entitlement: row.entitlement,
  createdBy: row.createdBy,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
});

const decisionOf = ({
  step,
  outcome,
  decider,
  role,
  reasonCode,
  legalGround,
  text,
  at,
}: DecisionEntity): DecisionResource => ({
  step,
  outcome,
  decider,
  role,
  reasonCode,
  legalGround,
  text,
  at: at.toISOString(),
});
