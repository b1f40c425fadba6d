/** A request as its row keeps it, and as the rules look at it. */
import type { Span, RunningWait, SubscriptionRequest } from '@citystreams/domain';
import type { DecisionEntity } from './decision.entity.js';
import type { KeptSpan, KeptWait, RequestEntity } from './request.entity.js';

export const fileOf = (row: RequestEntity, decisions: readonly DecisionEntity[]): SubscriptionRequest => ({
  state: row.state,
  asking: row.asking,
  owner: row.owner,
  level: row.level,
  steps: row.steps,
  policyVersion: row.policyVersion,
  replyDays: row.replyDays,
  basis: row.basis,
  round: row.round,
  step: row.due,
  decisions,
  wait: waitOf(row.wait),
  paused: waitOf(row.paused),
  pauses: row.pauses.map(spanOf),
  offer: row.offer,
  disputed: row.disputed,
  turn: row.turn,
});

/** What of a row a move changes. */
export const partsOf = (file: SubscriptionRequest) => ({
  state: file.state,
  owner: file.owner,
  level: file.level,
  steps: [...file.steps],
  policyVersion: file.policyVersion,
  replyDays: file.replyDays,
  basis: file.basis,
  round: file.round,
  due: file.step,
  wait: keptWait(file.wait),
  paused: keptWait(file.paused),
  pauses: file.pauses.map(keptSpan),
  offer: file.offer,
  disputed: file.disputed,
  turn: file.turn,
});

const spanOf = ({ from, to }: KeptSpan): Span => ({ from: new Date(from), to: new Date(to) });
const keptSpan = ({ from, to }: Span): KeptSpan => ({ from: from.toISOString(), to: to.toISOString() });

const waitOf = (kept: KeptWait | null): RunningWait | null =>
  kept && { ...kept, since: new Date(kept.since), ranBefore: kept.ranBefore.map(spanOf) };

const keptWait = (wait: RunningWait | null): KeptWait | null =>
  wait && { ...wait, since: wait.since.toISOString(), ranBefore: wait.ranBefore.map(keptSpan) };
