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

  async callerOf({ authorization, remoteAddress }: Credentials): Promise<Caller> {
    const token = this.basic.isGiven(authorization)
      ? `Bearer ${await this.basic.tokenFor(authorization, remoteAddress)}`
      : authorization;
    return (await this.verifier.verify(token)).caller;
  }
}
