/**
 * The typed tree of a row predicate: what the router executes. The text that people write is parsed into it elsewhere.
 *
 * Three-valued on nulls as SQL is not: a comparison with a null field is false, `isNull` asks for it. A predicate that
 * fails on an event withholds that event.
 */
import { z } from 'zod';
import { FieldPath } from './names.js';

/** A `long` beyond 2^53 is written as a string of digits. */
export const Scalar = z.union([z.string().max(1024), z.number(), z.boolean()]);
export type Scalar = z.infer<typeof Scalar>;

export const COMPARISONS = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const;
export type Comparison = (typeof COMPARISONS)[number];

export type Predicate =
  | { op: Comparison; field: FieldPath; value: Scalar }
  | { op: 'in'; field: FieldPath; values: Scalar[] }
  | { op: 'startsWith'; field: FieldPath; prefix: string }
  | { op: 'isNull'; field: FieldPath }
  | { op: 'and' | 'or'; of: Predicate[] }
  | { op: 'not'; of: Predicate };

const MOST_TERMS = 64;

export const Predicate: z.ZodType<Predicate> = z.lazy(() =>
  z.discriminatedUnion('op', [
    z.strictObject({ op: z.enum(COMPARISONS), field: FieldPath, value: Scalar }),
    z.strictObject({ op: z.literal('in'), field: FieldPath, values: z.array(Scalar).min(1).max(256) }),
    z.strictObject({ op: z.literal('startsWith'), field: FieldPath, prefix: z.string().min(1).max(1024) }),
    z.strictObject({ op: z.literal('isNull'), field: FieldPath }),
    z.strictObject({ op: z.enum(['and', 'or']), of: z.array(Predicate).min(1).max(MOST_TERMS) }),
    z.strictObject({ op: z.literal('not'), of: Predicate }),
  ]),
);

/** Every field a predicate looks at, each once. */
export function fieldsOf(predicate: Predicate): FieldPath[] {
  switch (predicate.op) {
    case 'and':
    case 'or':
      return [...new Set(predicate.of.flatMap(fieldsOf))];
    case 'not':
      return fieldsOf(predicate.of);
    default:
      return [predicate.field];
  }
}
