/** What the chain records of entitlements. Pure. */
import type { EntitlementState } from '@citystreams/contracts';
import type { AuditFact, PlaneState } from '@citystreams/domain';
import { ENFORCEMENT_ACTOR } from '../evidence/actors.js';
import type { EntitlementEntity } from './entitlement.entity.js';
import type { ReceiptEntity } from './receipt.entity.js';
import type { ViewEntity } from './view.entity.js';

const base = (row: EntitlementEntity) =>
  ({
    actor: ENFORCEMENT_ACTOR,
    object: { kind: 'entitlement', id: row.id },
    reasonCode: null,
    request: row.request,
    at: row.since,
  }) as const;

/** With the view's whole definition: who could read what can be told from the evidence alone. */
export const auditOfGrant = (row: EntitlementEntity, view: ViewEntity): AuditFact => ({
  ...base(row),
  action: 'entitlement.granted',
  outcome: row.state,
  after: {
    version: row.version,
    state: row.state,
    stream: row.stream,
    owner: row.owner,
    consumer: row.consumer,
    principals: row.principals,
    purpose: row.purpose,
    view: view.id,
    identity: view.identity,
    definition: view.definition,
    validFrom: row.validFrom.toISOString(),
    validTo: row.validTo?.toISOString() ?? null,
  },
});

export const auditOfState = (
  row: EntitlementEntity,
  before: EntitlementState,
  planes: readonly PlaneState[],
): AuditFact => ({
  ...base(row),
  action: 'entitlement.state',
  outcome: row.state,
  before: { version: row.version, state: before },
  after: {
    version: row.version,
    state: row.state,
    planes: planes.map(({ plane, desiredGeneration, observedGeneration, error }) => ({
      plane,
      desiredGeneration,
      observedGeneration,
      error,
    })),
  },
});

export const auditOfReceipt = (row: EntitlementEntity, receipt: Omit<ReceiptEntity, 'id'>): AuditFact => ({
  ...base(row),
  action: 'entitlement.receipt',
  outcome: receipt.kind,
  after: receipt,
});
