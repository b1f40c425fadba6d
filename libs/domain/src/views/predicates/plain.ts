import type { Predicate } from '@citystreams/contracts';
import type { FieldKind, FieldKinds } from './field.kind.js';
import { oneOf, plainScalar } from './literals.js';

/** The same predicate as its text says it: no list within a list of the same kind, no list of one, numbers in one form. */
export function plainPredicate(predicate: Predicate, kinds: FieldKinds): Predicate {
  switch (predicate.op) {
    case 'and':
    case 'or': {
      const { op } = predicate;
      const of = predicate.of.map((term) => plainPredicate(term, kinds));
      const flat = of.flatMap((term) => (term.op === op ? term.of : [term]));
      return flat.length === 1 && flat[0] !== undefined ? flat[0] : { op, of: flat };
    }
    case 'not':
      return { op: 'not', of: plainPredicate(predicate.of, kinds) };
    case 'isNull':
    case 'startsWith':
      return predicate;
    case 'in': {
      const kind = kinds(predicate.field);
      return { ...predicate, values: predicate.values.map((value) => plainScalar(value, kind)) };
    }
    default:
      return { ...predicate, value: plainScalar(predicate.value, kinds(predicate.field)) };
  }
}

type Compared = Extract<Predicate, { field: string }>;

/** Every comparison or other test in it. */
export const termsOf = (predicate: Predicate): Compared[] =>
  'field' in predicate ? [predicate] : [predicate.of].flat().flatMap(termsOf);

/** In words why a condition compares a field with what it never holds, or null. */
export function neverTrue(term: Compared, kind: FieldKind | null): string | null {
  const values = 'values' in term ? term.values : term.op === 'eq' || term.op === 'ne' ? [term.value] : [];
  const symbols = kind?.is === 'text' ? kind.symbols : null;
  const unknown = symbols === null ? undefined : values.find((value) => !symbols.includes(String(value)));
  if (symbols === null || unknown === undefined) return null;
  return `"${term.field}" is never ${JSON.stringify(unknown)}: expected ${oneOf(symbols)}`;
}
