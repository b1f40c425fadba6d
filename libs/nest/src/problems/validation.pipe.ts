import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import type { Finding } from '@citystreams/contracts';
import { ProblemError } from './problem-error.js';

/** What a Standard Schema says is wrong; zod adds the unknown names of a strict object. */
interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  readonly keys?: readonly string[];
}

/**
 * Checks what came in against the schema beside its decorator (`@Body({ schema })`) and hands on what the schema made
 * of it. Reports every problem of that input at once: a JSON path for a body, the name for a parameter.
 */
@Injectable()
export class ValidationPipe implements PipeTransform {
  async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.schema === undefined || metadata.type === 'custom') return value;
    const result = await metadata.schema['~standard'].validate(value);
    if (result.issues === undefined) return result.value;
    const problems = (result.issues as readonly Issue[]).flatMap((issue) => findingsOf(issue, metadata));
    throw new ProblemError('VALIDATION_FAILED', `${WHAT[metadata.type]} is not as expected.`, { problems });
  }
}

const WHAT = { body: 'The body', query: 'A query parameter', param: 'A part of the path', custom: 'The input' };

function findingsOf(issue: Issue, metadata: ArgumentMetadata): Finding[] {
  const path = (issue.path ?? []).map((segment) => (typeof segment === 'object' ? segment.key : segment));
  const field = (more: readonly PropertyKey[]) => fieldName([...path, ...more], metadata);
  if (issue.keys !== undefined) return issue.keys.map((key) => ({ field: field([key]), message: 'unknown name' }));
  return [{ field: field([]), message: issue.message }];
}

function fieldName(path: readonly PropertyKey[], metadata: ArgumentMetadata): string {
  const inside = metadata.data === undefined ? path : [metadata.data, ...path];
  const steps = inside.map((step, index) => {
    if (typeof step === 'number') return `[${step}]`;
    const name = String(step);
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return metadata.type === 'body' ? `['${name}']` : name;
    return metadata.type === 'body' || index > 0 ? `.${name}` : name;
  });
  return (metadata.type === 'body' ? '$' : '') + steps.join('') || metadata.type;
}
