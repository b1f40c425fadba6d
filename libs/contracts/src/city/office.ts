/** One office of the city as `policy/offices/<agency>.yaml` describes it. */
import { z } from 'zod';
import { AgencyId } from '../names.js';

const Person = z.strictObject({
  name: z.string().min(1),
  /** The account's name: `futian.steward`, or `cdo`. */
  account: z.string().regex(/^[a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*)?$/),
  email: z.email(),
});
export type Person = z.infer<typeof Person>;

const ServiceAccount = z.strictObject({
  /** The part after the dot: `flight-desk` of `bao-an.flight-desk`. */
  service: z.string().regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/),
  purpose: z.string().min(1),
});

export const Office = z.strictObject({
  agency: AgencyId,
  kind: z.enum(['city-government', 'district', 'bureau']),
  name: z.strictObject({ en: z.string().min(1), zh: z.string().min(1) }),
  contact: z.email(),
  dataOfficer: Person,
  deputy: Person,
  /** Who leads the office: whom a silent CDO is reported to, in the city government's. No account of its own rights. */
  head: Person.optional(),
  privacyOfficer: Person,
  services: z.array(ServiceAccount),
  /** City-wide roles that sit in this office: the CDO, the platform team, the auditor. */
  cityRoles: z.array(z.strictObject({ role: z.enum(['cdo', 'platform', 'auditor']), person: Person })).default([]),
});
export type Office = z.infer<typeof Office>;

export const Role = z.enum(['service', 'steward', 'privacy-officer', 'cdo', 'platform', 'auditor']);
export type Role = z.infer<typeof Role>;
