/** Who may read the schemas of a subject. Pure. */
import { type EntitlementMessage, ownerOf } from '@citystreams/contracts';
import type { Caller } from '@citystreams/nest';
import { seesEverything } from '../../streams/stream-rights.js';
import type { Subject } from '../subject.js';

/**
 * - of a stream, or a subject of an agency's own: the owner's people and services;
 * - of a view: whoever is entitled to it: a service that the entitlement lists, or a person of its agency, from the
 *   moment the entitlement is provisioned until it ends;
 * - of anything: the CDO, the auditor, the platform.
 *
 * @param entitlements those to the view's topic; not looked at for a stream.
 */
export function mayReadSubject(
  caller: Caller,
  subject: Subject,
  entitlements: readonly EntitlementMessage[],
  now: Date,
): boolean {
  if (seesEverything(caller)) return true;
  if (subject.kind === 'stream') return ownerOf(subject.stream) === caller.agency;
  if (subject.kind === 'own') return subject.agency === caller.agency;
  return entitlements.some((entitlement) => entitles(entitlement, caller, now));
}

function entitles(entitlement: EntitlementMessage, caller: Caller, now: Date): boolean {
  if (entitlement.state !== 'PROVISIONING' && entitlement.state !== 'ACTIVE') return false;
  if (entitlement.validTo !== null && new Date(entitlement.validTo) <= now) return false;
  if (entitlement.consumer !== caller.agency) return false;
  const isService = caller.roles.includes('service');
  return !isService || (entitlement.principals as readonly string[]).includes(caller.principal);
}
