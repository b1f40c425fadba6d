import type { Role } from '@citystreams/contracts';

/** Who is asking, as its token says. */
export interface Caller {
  /** The client id: `futian.operations`, or a person's account. */
  principal: string;
  agency: string;
  roles: Role[];
}

export interface VerifiedToken {
  caller: Caller;
  expiresAt: Date;
}
