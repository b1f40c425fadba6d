/**
 * A view's identity: the SHA-256 of its definition written in one way only. Two definitions that let the same bytes
 * through are one view, whatever the order in which somebody listed fields or terms.
 */
import { createHash } from 'node:crypto';
import type { Predicate, Scalar, ViewDefinition } from '@citystreams/contracts';
import { byText, canonicalShown } from './canonical.mask.js';

/** The same definition in its canonical order: what is stored, announced and hashed. */
export function canonicalDefinition(definition: ViewDefinition): ViewDefinition {
  return {
    stream: definition.stream,
    ...canonicalShown(definition),
    predicate: definition.predicate === null ? null : canonicalPredicate(definition.predicate),
    key: definition.key,
    history: definition.history,
    retentionMs: definition.retentionMs,
    entitlement: definition.entitlement,
  };
}

/** SHA-256 of the canonical definition, hex. */
export function identityOf(definition: ViewDefinition): string {
  return createHash('sha256')
    .update(JSON.stringify(canonicalDefinition(definition)))
    .digest('hex');
}

/** Nested `and` and `or` are flattened, terms sorted and stated once, double negation removed. */
export function canonicalPredicate(predicate: Predicate): Predicate {
  switch (predicate.op) {
    case 'and':
    case 'or': {
      const { op } = predicate;
      const terms = predicate.of.map(canonicalPredicate).flatMap((term) => (term.op === op ? term.of : [term]));
      const sorted = sortedBy(terms, (term) => JSON.stringify(term));
      const [only] = sorted;
      return sorted.length === 1 && only !== undefined ? only : { op, of: sorted };
    }
    case 'not': {
      const inner = canonicalPredicate(predicate.of);
      return inner.op === 'not' ? inner.of : { op: 'not', of: inner };
    }
    case 'in':
      return {
        op: 'in',
        field: predicate.field,
        values: sortedBy(predicate.values, (v: Scalar) => JSON.stringify(v)),
      };
    case 'startsWith':
      return { op: 'startsWith', field: predicate.field, prefix: predicate.prefix };
    case 'isNull':
      return { op: 'isNull', field: predicate.field };
    default:
      return { op: predicate.op, field: predicate.field, value: predicate.value };
  }
}

/** Sorted by what each is written as, each written form once. */
function sortedBy<T>(values: readonly T[], text: (value: T) => string): T[] {
  return [...new Map(values.map((value) => [text(value), value] as const))]
    .sort(([a], [b]) => byText(a, b))
    .map(([, value]) => value);
}
