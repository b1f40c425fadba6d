import type { EntityManager } from 'typeorm';

/** PostgreSQL's channel on which a commit says that there is something to enforce. */
export const WORK_CHANNEL = 'subscriptions_work';

/** Wakes enforcement, in whichever replica it runs, when this transaction commits. */
export async function wakeEnforcement(tx: EntityManager): Promise<void> {
  await tx.query('SELECT pg_notify($1, $2)', [WORK_CHANNEL, '']);
}
