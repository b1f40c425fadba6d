import { z } from 'zod';
import { AgencyId, Ulid } from '../names.js';

/** Roles that decide about requests, and can be given to a deputy. */
export const DecidingRole = z.enum(['steward', 'privacy-officer', 'cdo']);
export type DecidingRole = z.infer<typeof DecidingRole>;

/** `POST /api/delegations`: the caller's own role, to a named person, until an end. */
export const CreateDelegation = z.strictObject({
  role: DecidingRole,
  /** Account of a person: of the same agency, or for the CDO of any. */
  deputy: z
    .string()
    .regex(/^[a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*)?$/, 'expected the account of a person')
    .max(128),
  /** From then on the deputy decides nothing more. */
  until: z.iso.datetime({ offset: true }),
});
export type CreateDelegation = z.infer<typeof CreateDelegation>;

export const DelegationResource = z.object({
  id: Ulid,
  role: DecidingRole,
  /** Whose role it is. */
  person: z.string(),
  agency: AgencyId,
  deputy: z.object({ account: z.string(), name: z.string(), agency: AgencyId }),
  until: z.string(),
  createdAt: z.string(),
  /** Taken back before its time. */
  endedAt: z.string().nullable(),
  inForce: z.boolean(),
});
export type DelegationResource = z.infer<typeof DelegationResource>;
