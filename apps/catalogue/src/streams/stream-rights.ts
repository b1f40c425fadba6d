/** Who sees a stream and who writes its contract. Pure. */
import { PLATFORM_PRINCIPALS } from '@citystreams/contracts';
import type { Caller } from '@citystreams/nest';

/** The CDO, the auditor, the platform team and the platform's own services see whatever there is. */
export const seesEverything = (caller: Caller): boolean =>
  (PLATFORM_PRINCIPALS as readonly string[]).includes(caller.principal) ||
  caller.roles.some((role) => role === 'cdo' || role === 'auditor' || role === 'platform');

export const seesStream = (caller: Caller, stream: { owner: string; visibility: string }): boolean =>
  stream.visibility === 'listed' || stream.owner === caller.agency || seesEverything(caller);

export const isSteward = (caller: Caller, owner: string): boolean =>
  caller.agency === owner && caller.roles.includes('steward');

/** A publisher registers what its service was built with; anybody else of the agency has its steward do it. */
export const writesContract = (caller: Caller, stream: { owner: string; publishers: readonly string[] }): boolean =>
  isSteward(caller, stream.owner) || (caller.agency === stream.owner && stream.publishers.includes(caller.principal));
