import type { Caller } from '@citystreams/nest';
import type { RegistryRules, Sight } from './registry-rules.js';

/** No account can be called so. */
export const OPEN_PRINCIPAL = 'open registry';
const ANYBODY: Caller = { principal: OPEN_PRINCIPAL, agency: '', roles: [] };
const EVERYTHING: Sight = { sees: () => true, requireSettled: () => undefined };

/** Everybody may do everything, as in the original without its security extensions. For a loopback address only. */
export const openRules: RegistryRules = {
  defaultLevel: 'BACKWARD',
  authenticate: () => ANYBODY,
  sightOf: () => EVERYTHING,
  seesAll: () => true,
  requireWrite: async () => undefined,
  fixedLevel: () => null,
  findsByForm: () => false,
  objections: () => [],
  registerOtherwise: () => null,
};
