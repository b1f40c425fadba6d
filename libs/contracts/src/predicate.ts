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

/**
 * `depth`: levels of `and`, `or` and `not`. `conditions`: comparisons and other tests in all. More than anybody reads,
 * far from what exhausts a stack; however a predicate is flattened, it stays within them.
 */
export const PREDICATE_LIMITS = { depth: 32, conditions: 256 } as const;

const Tree: z.ZodType<Predicate> = z.lazy(() =>
  z.discriminatedUnion('op', [
    z.strictObject({ op: z.enum(COMPARISONS), field: FieldPath, value: Scalar }),
    z.strictObject({ op: z.literal('in'), field: FieldPath, values: z.array(Scalar).min(1).max(256) }),
    z.strictObject({ op: z.literal('startsWith'), field: FieldPath, prefix: z.string().min(1).max(1024) }),
    z.strictObject({ op: z.literal('isNull'), field: FieldPath }),
    z.strictObject({ op: z.enum(['and', 'or']), of: z.array(Tree).min(1).max(PREDICATE_LIMITS.conditions) }),
    z.strictObject({ op: z.literal('not'), of: Tree }),
  ]),
);

/** Refused by its size before anything recurses into it. */
export const Predicate = z.preprocess((given, context) => {
  const message = tooLarge(given);
  if (message === null) return given;
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}, Tree);

function tooLarge(given: unknown): string | null {
  let level: unknown[] = [given];
  let conditions = 0;
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > PREDICATE_LIMITS.depth) return `conditions are nested at most ${PREDICATE_LIMITS.depth} levels deep`;
    const [around, alone] = [level.filter(hasInner), level.filter((node) => !hasInner(node))];
    conditions += alone.length;
    if (conditions > PREDICATE_LIMITS.conditions) return `there are at most ${PREDICATE_LIMITS.conditions} conditions`;
    level = around.flatMap(({ of }) => of);
  }
  return null;
}

const hasInner = (node: unknown): node is { of: unknown } => typeof node === 'object' && node !== null && 'of' in node;

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
