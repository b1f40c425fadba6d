import { type AvroRecord, checkPredicate } from '@citystreams/avro';
import { type FieldPath, type Finding, fieldsOf, PREDICATE_LIMITS, type Predicate } from '@citystreams/contracts';
import { fieldKinds } from './field.kind.js';
import { neverTrue, plainPredicate, termsOf } from './plain.js';
import { parsePredicate } from './predicate.text.js';

export type CheckedPredicate = { ok: true; predicate: Predicate } | { ok: false; problems: Finding[] };

/** Half of what a view may hold: a counter-offer adds conditions, and an `and` around both. */
const DEEPEST = PREDICATE_LIMITS.depth / 2;
const MOST_CONDITIONS = PREDICATE_LIMITS.conditions / 2;

/**
 * A condition as it was given, text or tree, in its plain form; or everything that is wrong with it.
 *
 * @param mayUse in words why the giver may not use a field, or null. The requester may use what it gets in the clear.
 */
export function readPredicate(
  given: string | Predicate,
  record: AvroRecord,
  mayUse: (field: FieldPath) => string | null = () => null,
): CheckedPredicate {
  const kinds = fieldKinds(record);
  const read = typeof given === 'string' ? parsePredicate(given, kinds) : { ok: true as const, predicate: given };
  if (!read.ok) {
    const problems = read.problems.map((p) => finding(`line ${p.line}, column ${p.column}: ${p.message}`));
    return { ok: false, problems };
  }
  const { predicate } = read;
  const problems = [
    ...tooLarge(predicate),
    ...checkPredicate(predicate, record).map((p) => finding(`"${p.field}": ${p.message}`)),
    ...termsOf(predicate)
      .flatMap((term) => neverTrue(term, kinds(term.field)) ?? [])
      .map(finding),
    ...fieldsOf(predicate)
      .filter((field) => kinds(field) !== null)
      .flatMap((field) => mayUse(field) ?? [])
      .map(finding),
  ];
  return problems.length > 0 ? { ok: false, problems } : { ok: true, predicate: plainPredicate(predicate, kinds) };
}

const finding = (message: string): Finding => ({ field: 'predicate', message });

const depthOf = (predicate: Predicate): number =>
  'field' in predicate ? 0 : 1 + Math.max(...[predicate.of].flat().map(depthOf));

function tooLarge(predicate: Predicate): Finding[] {
  const found: Finding[] = [];
  if (depthOf(predicate) > DEEPEST) found.push(finding(`conditions are nested at most ${DEEPEST} levels deep`));
  if (termsOf(predicate).length > MOST_CONDITIONS)
    found.push(finding(`there are at most ${MOST_CONDITIONS} conditions`));
  return found;
}
