/** What can be proved of a change: each broker's answer, and from when nothing else can happen any more. Pure. */
import type { ReceiptEntity } from '../entitlements/receipt.entity.js';
import type { Case } from './case.js';
import type { Observation } from './entitlement.step.js';
import { lastStop, type Reports, stoppedAt } from './router.plane.js';
import { forReceipt, latest } from './topic-rights.js';

/**
 * A fetch that was parked before a right went is answered after it, for as long as the broker leaves the connection
 * open: `connections.max.idle.ms` of the brokers.
 */
const PARKED_FETCH_MS = 10_000;

export function receiptFor(
  kind: ReceiptEntity['kind'],
  it: Case,
  { brokers }: Observation,
  reports: Reports,
): Omit<ReceiptEntity, 'id'> {
  const { entitlement } = it;
  const answered = latest(brokers);
  const base = { entitlement: entitlement.id, kind, brokers: forReceipt(brokers) };
  if (kind === 'granted') {
    const effectiveBecause = 'the view runs, and every broker lists the right';
    return { ...base, decidedAt: entitlement.validFrom, effectiveAt: answered, effectiveBecause, positions: [] };
  }
  const decidedAt = new Date(entitlement.ended?.at ?? entitlement.since);
  if (it.otherHolders.length > 0) {
    return {
      ...base,
      decidedAt,
      effectiveAt: new Date(answered.getTime() + PARKED_FETCH_MS),
      effectiveBecause: `every broker lists no right, and ${PARKED_FETCH_MS / 1000} s passed in which a parked fetch could still be answered; others hold the view`,
      positions: [],
    };
  }
  const positions = stoppedAt(reports);
  const offsets = positions.map((p) => `${p.partition}:${p.stoppedAt}`).join(', ');
  return {
    ...base,
    decidedAt,
    effectiveAt: new Date(Math.max(answered.getTime(), lastStop(reports).getTime())),
    effectiveBecause: `the router stopped the view at source offsets ${offsets}, and every broker lists no right`,
    positions,
  };
}
