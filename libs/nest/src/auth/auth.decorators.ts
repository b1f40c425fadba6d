import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { Role } from '@citystreams/contracts';
import type { FastifyRequest } from 'fastify';
import type { Caller, VerifiedToken } from './caller.js';

export const IS_PUBLIC = 'citystreams:public';
export const REQUIRED_ROLES = 'citystreams:roles';

/** A request that passed the guard. */
export interface AuthenticatedRequest extends FastifyRequest {
  verified?: VerifiedToken;
}

/** Needs no token. */
export const Public = () => SetMetadata(IS_PUBLIC, true);

/** The caller must hold one of these roles; 403 otherwise. */
export const RequireRole = (...roles: Role[]) => SetMetadata(REQUIRED_ROLES, roles);

/** The caller of a route that is not public. */
export const CurrentCaller = createParamDecorator(
  (_: unknown, context: ExecutionContext): Caller => verifiedIn(context).caller,
);

/** The caller with the end of its token's life. */
export const CurrentToken = createParamDecorator(
  (_: unknown, context: ExecutionContext): VerifiedToken => verifiedIn(context),
);

function verifiedIn(context: ExecutionContext): VerifiedToken {
  const { verified } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (verified === undefined) throw new Error('the caller is asked for on a route that no guard protects');
  return verified;
}
