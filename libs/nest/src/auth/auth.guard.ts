import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Role } from '@citystreams/contracts';
import { ProblemError } from '../problems/problem-error.js';
import { type AuthenticatedRequest, IS_PUBLIC, REQUIRED_ROLES } from './auth.decorators.js';
import { TokenVerifier } from './token-verifier.js';

/** Every route needs a good token, unless it says `@Public()`; a route may ask for roles. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly verifier: TokenVerifier,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(IS_PUBLIC, targets) === true) return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    request.verified = await this.verifier.verify(request.headers.authorization);
    const required = this.reflector.getAllAndOverride<Role[] | undefined>(REQUIRED_ROLES, targets);
    if (required === undefined || request.verified.caller.roles.some((role) => required.includes(role))) return true;
    throw new ProblemError('FORBIDDEN', `This needs the role ${required.join(' or ')}.`);
  }
}
