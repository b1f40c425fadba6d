import { ProblemError } from '@citystreams/nest';
import { isDatabaseOutage } from '@citystreams/postgres';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { catchError, type Observable, throwError } from 'rxjs';

/** A request that meets a restart of PostgreSQL is told to come again, not that something is broken. */
@Injectable()
export class DatabaseOutageInterceptor implements NestInterceptor {
  intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(catchError((error: unknown) => throwError(() => unavailableOr(error))));
  }
}

function unavailableOr(error: unknown): unknown {
  if (!isDatabaseOutage(error)) return error;
  return new ProblemError('UNAVAILABLE', 'the catalogue cannot reach its database now', {
    action: 'try again shortly; repeating a write is safe',
    headers: { 'retry-after': '2' },
    cause: error,
  });
}
