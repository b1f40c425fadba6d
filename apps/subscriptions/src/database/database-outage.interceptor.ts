import { ProblemError } from '@citystreams/nest';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { catchError, type Observable, throwError } from 'rxjs';
import { isDatabaseOutage } from '@citystreams/postgres';

/** A request that meets a restart of PostgreSQL is told to come again, not that something is broken. */
@Injectable()
export class DatabaseOutageInterceptor implements NestInterceptor {
  intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(catchError((error: unknown) => throwError(() => unavailableOr(error))));
  }
}

function unavailableOr(error: unknown): unknown {
  if (!isDatabaseOutage(error)) return error;
  return new ProblemError('UNAVAILABLE', 'the register of requests cannot be reached now', {
    action: 'look whether the change was made, then try again',
    headers: { 'retry-after': '2' },
    cause: error,
  });
}
