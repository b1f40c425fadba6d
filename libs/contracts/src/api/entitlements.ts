import { z } from 'zod';
import { AgencyId, FieldPath, PrincipalId, StreamName, Ulid, ViewTopic } from '../names.js';
import { Predicate } from '../predicate.js';

export const EntitlementState = z.enum([
  'PROVISIONING',
  'ACTIVE',
  'PROVISION_FAILED',
  'REVOKING',
  'REVOKED',
  'REVOKE_FAILED',
]);
export type EntitlementState = z.infer<typeof EntitlementState>;

/** Where a decision has to show before it is true. */
export const Plane = z.enum(['view', 'router', 'topic-right']);
export type Plane = z.infer<typeof Plane>;

export const PlaneResource = z.object({
  plane: Plane,
  desiredGeneration: z.number(),
  observedGeneration: z.number(),
  observedAt: z.string().nullable(),
  error: z.string().nullable(),
});
export type PlaneResource = z.infer<typeof PlaneResource>;

export const RevokeEntitlement = z.strictObject({
  reasonCode: z.string().min(1).max(64),
  text: z.string().min(1).max(4000),
});
export type RevokeEntitlement = z.infer<typeof RevokeEntitlement>;

export const EntitlementResource = z.object({
  id: Ulid,
  version: z.number(),
  state: EntitlementState,
  request: Ulid,
  stream: StreamName,
  owner: AgencyId,
  consumer: AgencyId,
  principals: z.array(PrincipalId),
  fields: z.array(FieldPath),
  predicate: Predicate.nullable(),
  purpose: z.string(),
  view: Ulid,
  topic: ViewTopic,
  validFrom: z.string(),
  validTo: z.string().nullable(),
  planes: z.array(PlaneResource),
  ended: z.object({ by: z.string(), reasonCode: z.string(), text: z.string(), at: z.string() }).nullable(),
});
export type EntitlementResource = z.infer<typeof EntitlementResource>;

/** What each broker answered when it was asked by address, and from when the change is effective. */
export const ReceiptResource = z.object({
  entitlement: Ulid,
  kind: z.enum(['granted', 'revoked']),
  decidedAt: z.string(),
  effectiveAt: z.string(),
  effectiveBecause: z.string(),
  brokers: z.array(
    z.object({
      broker: z.number(),
      address: z.string(),
      answeredAt: z.string(),
      /** Matching rules the broker listed for the principals and for everybody. */
      listed: z.array(z.string()),
    }),
  ),
  positions: z.array(z.object({ partition: z.number(), stoppedAt: z.string() })),
});
export type ReceiptResource = z.infer<typeof ReceiptResource>;
