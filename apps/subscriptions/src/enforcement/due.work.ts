/** Which entitlements have to be looked at now. Work comes from the register; memory only spares looking too often. */
import type { DataSource } from 'typeorm';

export interface DueEntitlement {
  id: string;
  view: string;
}

/** What nothing is known to have changed about is looked at again after this long: a quarter of an answer's life. */
const RECHECK_MS = 15_000;

const DUE = `
  SELECT e.id, e.view
    FROM entitlements e
    JOIN planes p ON p.entitlement = e.id AND p.plane = 'topic-right'
   WHERE e.state IN ('PROVISIONING', 'REVOKING', 'REVOKE_FAILED')
      OR (e.state IN ('ACTIVE', 'PROVISION_FAILED')
          AND (e.view = ANY ($1) OR p.observed_generation <> p.desired_generation OR p.observed_at IS NULL OR p.observed_at < now() - $2 * interval '1 millisecond'))
   ORDER BY e.id`;

/** Everything in transition, and what has settled where its view has news or its last answer is old. */
export function dueEntitlements(db: DataSource, viewsWithNews: readonly string[]): Promise<DueEntitlement[]> {
  return db.query<DueEntitlement[]>(DUE, [viewsWithNews, RECHECK_MS]);
}
