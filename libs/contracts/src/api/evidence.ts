import { z } from 'zod';
import { AuditKey, AuditSegment } from './audit.js';
import { EntitlementResource, ReceiptResource } from './entitlements.js';
import { RequestResource } from './requests.js';

/** Everything that is known of one entitlement, in one file, with the proof that it is in the chain. */
export const EvidenceBundle = z.object({
  kind: z.literal('evidence-bundle'),
  format: z.literal(1),
  chain: z.uuid(),
  at: z.iso.datetime(),
  /** Copies for reading, as the service shows them; what is proved is in the segments. */
  entitlement: EntitlementResource,
  requests: z.array(RequestResource),
  receipts: z.array(ReceiptResource),
  segments: z.array(AuditSegment),
  signer: AuditKey,
});
export type EvidenceBundle = z.infer<typeof EvidenceBundle>;
