import { type EntitlementResource, Plane, type ReceiptResource } from '@citystreams/contracts';
import type { EntitlementEntity } from './entitlement.entity.js';
import type { PlaneEntity } from './plane.entity.js';
import type { ReceiptEntity } from './receipt.entity.js';
import type { ViewEntity } from './view.entity.js';

export const resourceOf = (
  row: EntitlementEntity,
  view: ViewEntity,
  planes: readonly PlaneEntity[],
): EntitlementResource => ({
  id: row.id,
  version: row.version,
  state: row.state,
  request: row.request,
  stream: row.stream,
  owner: row.owner,
  consumer: row.consumer,
  principals: row.principals,
  fields: view.definition.fields,
  predicate: view.definition.predicate,
  purpose: row.purpose,
  view: view.id,
  topic: view.topic,
  validFrom: row.validFrom.toISOString(),
  validTo: row.validTo?.toISOString() ?? null,
  planes: Plane.options.flatMap((name) =>
    planes
      .filter(({ plane }) => plane === name)
      .map(({ plane, desiredGeneration, observedGeneration, observedAt, error }) => ({
        plane,
        desiredGeneration,
        observedGeneration,
        observedAt: observedAt?.toISOString() ?? null,
        error,
      })),
  ),
  ended: row.ended,
});

export const receiptOf = (row: ReceiptEntity): ReceiptResource => ({
  entitlement: row.entitlement as ReceiptResource['entitlement'],
  kind: row.kind,
  decidedAt: row.decidedAt.toISOString(),
  effectiveAt: row.effectiveAt.toISOString(),
  effectiveBecause: row.effectiveBecause,
  brokers: row.brokers,
  positions: row.positions,
});
