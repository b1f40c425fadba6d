import { type Caller, TokenVerifier } from '@citystreams/nest';
import { Injectable } from '@nestjs/common';
import type { Credentials } from '../rules/registry-rules.js';
import { BasicCredentials } from './basic.credentials.js';

/** Who asks: by a bearer token, or by client id and secret where that is allowed. */
@Injectable()
export class Authentication {
  constructor(
    private readonly verifier: TokenVerifier,
    private readonly basic: BasicCredentials,
  ) {}

  /** At once for whoever was here before: most requests ask for less than a turn of the event loop costs. */
  callerOf({ authorization, remoteAddress }: Credentials): Caller | Promise<Caller> {
    const known = this.basic.isGiven(authorization)
      ? this.basic.callerOf(authorization, remoteAddress, (token) => this.verifier.verify(`Bearer ${token}`))
      : (this.verifier.remembered(authorization) ?? this.verifier.verify(authorization));
    return known instanceof Promise ? known.then(({ caller }) => caller) : known.caller;
  }
}
