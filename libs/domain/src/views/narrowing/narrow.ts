/**
 * A counter-offer: what is asked, made narrower. Every part of a delta can only take away, so that whatever the data,
 * each value that the narrowed view shows could be worked out from what the asked view would have shown of that event,
 * and no event is in it that the asked view would have withheld.
 */
import { type AvroRecord, checkPredicate, fieldsAt, resolveRecord } from '@citystreams/avro';
import {
  type FieldPath,
  type Finding,
  fieldsOf,
  type Mask,
  PREDICATE_LIMITS,
  type Predicate,
} from '@citystreams/contracts';
import type { Ask } from '../ask.js';
import { canonicalMask } from '../masks/canonical.js';
import { isCoarserOrEqual } from '../masks/order.js';
import { misfit } from '../masks/shown.js';
import { termsOf } from '../predicates/plain.js';

/** What is taken away. At least one part. */
export interface Delta {
  /** Fields, or records with all their fields, that are not shown. */
  remove?: readonly FieldPath[];
  /** Coarser masks, by field; `drop` removes it. */
  masks?: Readonly<Record<FieldPath, Mask>>;
  /** One more condition; it may use any field of the contract. */
  predicate?: Predicate;
  /** A shorter term. */
  months?: number;
  /** A later start: `now`, or a time. */
  start?: string;
}

export type Narrowing<A extends Ask = Ask> = { ok: true; ask: A } | { ok: false; problems: Finding[] };

/**
 * Throws nothing: a delta that would take nothing away, leave nothing or show more is answered with every problem of it.
 *
 * @param ask its fields are leaves of the contract
 * @param record the newest version of the contract
 * @param now what `now` means in a start
 */
export function narrow<A extends Ask>(ask: A, delta: Delta, record: AvroRecord, now: Date): Narrowing<A> {
  const problems: Finding[] = [];
  const fields = remaining(ask, delta, problems);
  const masks = coarsened(ask, delta, fields, record, problems);
  if (delta.predicate !== undefined)
    problems.push(...checkPredicate(delta.predicate, record).map((p) => at('predicate', `"${p.field}": ${p.message}`)));
  const conditions = [ask.predicate, ask.restriction, delta.predicate].flatMap((term) => term ?? []).flatMap(termsOf);
  if (conditions.length > PREDICATE_LIMITS.conditions)
    problems.push(at('predicate', `there would be ${conditions.length} conditions, more than a view holds`));
  if (delta.months !== undefined && delta.months >= ask.months)
    problems.push(at('months', `${delta.months} months are not fewer than the ${ask.months} that are asked`));
  if (delta.start !== undefined && !isLater(delta.start, ask.start, now))
    problems.push(at('start', `${delta.start} is not later than ${ask.start}, which is asked`));
  if (problems.length === 0 && Object.keys(delta).length === 0)
    problems.push(at('', 'it takes nothing away: name fields, masks, a condition, a term or a start'));
  if (problems.length > 0) return { ok: false, problems };
  const { months = ask.months, start = ask.start } = delta;
  return { ok: true, ask: { ...ask, fields, masks, months, start, ...narrowedConditions(ask, delta, fields, masks) } };
}

const at = (field: string, message: string): Finding => ({ field, message });
const isWithin = (path: string, above: string): boolean => path === above || path.startsWith(`${above}.`);

function remaining(ask: Ask, delta: Delta, problems: Finding[]): FieldPath[] {
  const { remove = [] } = delta;
  for (const [i, path] of remove.entries())
    if (!ask.fields.some((field) => isWithin(field, path)))
      problems.push(at(`remove[${i}]`, `"${path}" is not asked for`));
  const dropped = Object.entries(delta.masks ?? {}).flatMap(([path, mask]) => (mask.kind === 'drop' ? [path] : []));
  const left = ask.fields.filter((field) => ![...remove, ...dropped].some((path) => isWithin(field, path)));
  if (left.length === 0) problems.push(at('remove', 'no field would be left: refuse the request instead'));
  return left;
}

function coarsened(
  ask: Ask,
  delta: Delta,
  fields: readonly FieldPath[],
  record: AvroRecord,
  problems: Finding[],
): Record<FieldPath, Mask> {
  const asked = Object.entries(ask.masks).filter(([path]) => fields.includes(path));
  const root = resolveRecord(record);
  const drops = Object.entries(delta.masks ?? {}).filter(([, mask]) => mask.kind === 'drop');
  for (const [path] of drops.filter(([field]) => !ask.fields.includes(field)))
    problems.push(at(`masks.${path}`, 'the field is not asked for'));
  const shown = Object.entries(delta.masks ?? {}).filter(([, mask]) => mask.kind !== 'drop');
  for (const [path, mask] of shown) {
    const found = fields.includes(path)
      ? maskProblem(mask, maskOf(ask, path), fieldsAt(root, path.split('.')))
      : 'the field is not asked for, or is removed';
    if (found !== null) problems.push(at(`masks.${path}`, found));
  }
  const coarser = shown.map(([path, mask]): [string, Mask] => [path, canonicalMask(mask)]);
  return Object.fromEntries([...asked, ...coarser]);
}

const maskOf = ({ masks }: Ask, path: FieldPath): Mask =>
  (Object.hasOwn(masks, path) ? masks[path] : undefined) ?? { kind: 'keep' };

/** `nodes`: the types at the path; several where it leads through a choice of records. */
function maskProblem(mask: Mask, asked: Mask, nodes: ReturnType<typeof fieldsAt>): string | null {
  if (nodes.length === 0) return 'the contract has no such field';
  const unfit = nodes.map((node) => misfit(mask, node)).find((reason) => reason !== null);
  if (unfit !== undefined) return unfit;
  if (nodes.every((node) => isCoarserOrEqual(asked, mask, node)))
    return isSame(mask, asked)
      ? 'it is asked for so already'
      : `it would show no less than what is asked (${asked.kind})`;
  return nodes.every((node) => isCoarserOrEqual(mask, asked, node))
    ? null
    : `"${mask.kind}" could show what the asked "${asked.kind}" hides`;
}

const isSame = (a: Mask, b: Mask): boolean => JSON.stringify(canonicalMask(a)) === JSON.stringify(canonicalMask(b));

/**
 * The requester's condition stays its own while it sees all that it is about. Where the delta hides some of that, the
 * deciding side has taken it over knowingly: it goes on filtering, as part of the restriction.
 */
function narrowedConditions(
  ask: Ask,
  delta: Delta,
  fields: readonly FieldPath[],
  masks: Readonly<Record<FieldPath, Mask>>,
): Pick<Ask, 'predicate' | 'restriction'> {
  const clear = (path: FieldPath): boolean =>
    fields.includes(path) && (!Object.hasOwn(masks, path) || masks[path]?.kind === 'keep');
  const own = ask.predicate === null || fieldsOf(ask.predicate).every(clear) ? null : ask.predicate;
  const restriction = [ask.restriction, own, delta.predicate].filter((term) => term !== undefined && term !== null);
  return { predicate: own === null ? ask.predicate : null, restriction: conjunction(restriction) };
}

/** All of them; null: nothing is asked of an event. */
export function conjunction(terms: readonly Predicate[]): Predicate | null {
  const [only, ...rest] = terms.flatMap((term) => (term.op === 'and' ? term.of : [term]));
  if (only === undefined) return null;
  return rest.length === 0 ? only : { op: 'and', of: [only, ...rest] };
}

function isLater(start: string, asked: string, now: Date): boolean {
  const [one, other] = [start, asked].map((s) => (s === 'now' ? now.getTime() : Date.parse(s)));
  return one !== undefined && other !== undefined && one > other;
}
