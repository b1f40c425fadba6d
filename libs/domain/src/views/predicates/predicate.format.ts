import type { Comparison, FieldPath, Predicate } from '@citystreams/contracts';
import type { FieldKinds } from './field.kind.js';
import { literalText } from './literals.js';
import { plainPredicate } from './plain.js';

const SIGNS: Readonly<Record<Comparison, string>> = { eq: '==', ne: '!=', lt: '<', le: '<=', gt: '>', ge: '>=' };
/** Words that CEL keeps for itself; a name among them is written `field("...")`. */
const RESERVED = new Set(
  `as break const continue else false field for function if import in let loop namespace null package prototype return
   true var void while __proto__`.split(/\s+/),
);

/** A predicate as people write it; `parsePredicate` reads from it what `plainPredicate` makes of the predicate. */
export const formatPredicate = (predicate: Predicate, kinds: FieldKinds): string =>
  format(plainPredicate(predicate, kinds), kinds);

function format(predicate: Predicate, kinds: FieldKinds): string {
  switch (predicate.op) {
    case 'and':
    case 'or':
      return predicate.of
        .map((term) => inner(term, predicate.op, kinds))
        .join(predicate.op === 'and' ? ' && ' : ' || ');
    case 'not':
      if (predicate.of.op === 'isNull') return `${fieldText(predicate.of.field)} != null`;
      return `!(${format(predicate.of, kinds)})`;
    case 'isNull':
      return `${fieldText(predicate.field)} == null`;
    case 'startsWith':
      return `${fieldText(predicate.field)}.startsWith(${JSON.stringify(predicate.prefix)})`;
    case 'in': {
      const kind = kinds(predicate.field);
      return `${fieldText(predicate.field)} in [${predicate.values.map((v) => literalText(v, kind)).join(', ')}]`;
    }
    default: {
      const value = literalText(predicate.value, kinds(predicate.field));
      return `${fieldText(predicate.field)} ${SIGNS[predicate.op]} ${value}`;
    }
  }
}

/** In brackets where another operator would tear it apart. */
function inner(term: Predicate, around: 'and' | 'or', kinds: FieldKinds): string {
  const text = format(term, kinds);
  return (term.op === 'and' || term.op === 'or') && term.op !== around ? `(${text})` : text;
}

const fieldText = (field: FieldPath): string =>
  field.split('.').some((name) => RESERVED.has(name)) ? `field(${JSON.stringify(field)})` : field;
