/** Who acts, as the chain records it. */
import type { Role } from '@citystreams/contracts';
import type { AuditActor } from '@citystreams/domain';
import type { Caller } from '@citystreams/nest';

/** `role` is the one that lets the caller do it; left out, the first that the token names. */
export const actorOfCaller = ({ principal, agency, roles }: Caller, role?: Role): AuditActor => ({
  account: principal,
  agency,
  role: role ?? roles[0] ?? null,
});

/** The service's own principals, where it acts by itself. */
export const ENFORCEMENT_ACTOR: AuditActor = {
  account: 'citystreams.enforcement',
  agency: 'citystreams',
  role: null,
};

export const SERVICE_ACTOR: AuditActor = { ...ENFORCEMENT_ACTOR, account: 'citystreams.subscriptions' };
