import type { Finding } from '@citystreams/contracts';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { ProblemError } from './problem-error.js';

/** Far deeper than anything that is meant; a schema that follows itself would exhaust the stack long after. */
const DEEPEST = 64;
const MOST_FINDINGS = 100;

/**
 * Refuses a JSON body that no schema looks at but no database keeps: a NUL or half of a character in any text or name,
 * or a nesting beyond reason. Runs before the body's own schema. Every such place is named.
 */
@Injectable()
export class PlainJsonOnly implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { body } = context.switchToHttp().getRequest<FastifyRequest>();
    const problems = problemsIn(body);
    if (problems.length > 0) throw new ProblemError('VALIDATION_FAILED', 'The body is not as expected.', { problems });
    return next.handle();
  }
}

function problemsIn(body: unknown): Finding[] {
  const problems: Finding[] = [];
  const left: { value: unknown; path: string; depth: number }[] = [{ value: body, path: '$', depth: 0 }];
  for (let one = left.pop(); one !== undefined && problems.length < MOST_FINDINGS; one = left.pop()) {
    const { value, path, depth } = one;
    if (typeof value === 'string') problems.push(...textProblems(value, path));
    if (typeof value !== 'object' || value === null) continue;
    if (depth === DEEPEST) return [{ field: '$', message: `nested deeper than ${DEEPEST} levels` }];
    for (const [name, part] of Object.entries(value).toReversed()) {
      problems.push(...(Array.isArray(value) ? [] : textProblems(name, `${path}['${name.toWellFormed()}']`)));
      left.push({ value: part, path: Array.isArray(value) ? `${path}[${name}]` : `${path}.${name}`, depth: depth + 1 });
    }
  }
  return problems;
}

function textProblems(text: string, field: string): Finding[] {
  if (!text.isWellFormed()) return [{ field, message: 'half of a character (a lone surrogate) is no text' }];
  return text.includes('\0') ? [{ field, message: 'a NUL is no text' }] : [];
}
