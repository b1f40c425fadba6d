/** What the policy makes of one field, by its level and category: how exactly it may be shown at most. */
import type { AvroNode } from '@citystreams/avro';
import type { FieldInfo, Mask, PolicyMatrix } from '@citystreams/contracts';
import { CITY } from '../views/masks/city.js';
import { formatMask } from '../views/masks/mask.format.js';
import { isCoarserOrEqual } from '../views/masks/order.js';
import { misfit, shownBy } from '../views/masks/shown.js';

export interface Treatment {
  /** How it is shown where a request says nothing; null: it has to be left out, no mask shows so little of this type. */
  usual: Mask | null;
  allows(mask: Mask): boolean;
  /** What may be asked for, as people write masks. */
  allowed: readonly string[];
}

const HIDES: readonly string[] = ['null', 'drop'];
/** The word of the city for a field that names a district. */
const DISTRICT = 'district';

/**
 * Null: as it is.
 *
 * @param nodes the types at the field's path; several where it leads through a choice of records
 */
export function treatmentOf(field: FieldInfo, nodes: readonly AvroNode[], policy: PolicyMatrix): Treatment | null {
  const { identifiers, precision } = policy.levels[field.level];
  switch (field.category) {
    case 'identifier':
      if (identifiers === 'clear') return null;
      if (identifiers === 'withheld') return hidden(nodes);
      return atLeast([{ kind: 'pseudonym', per: scopeOf[identifiers], text: 'hex' }], nodes);
    case 'location':
      return precision.place === 'exact' ? null : place(field, nodes, precision.place);
    case 'time':
      return precision.time === 'exact' ? null : time(nodes, precision.time);
    default:
      return null;
  }
}

const scopeOf = { 'pseudonym-per-purpose': 'purpose', 'pseudonym-per-entitlement': 'entitlement' } as const;

/** No more than whether it is null. */
const hidden = (nodes: readonly AvroNode[]): Treatment => atLeast([], nodes);

/** No more than one of the given masks shows; the first is the usual one. */
function atLeast(floors: readonly Mask[], nodes: readonly AvroNode[]): Treatment {
  const fitting = floors.filter((mask) => nodes.every((node) => misfit(mask, node) === null));
  return {
    usual: fitting[0] ?? null,
    allows: (mask) =>
      nodes.every((node) => hidesValue(mask, node) || fitting.some((floor) => isCoarserOrEqual(mask, floor, node))),
    allowed: [...new Set(fitting.map(formatMask)), ...HIDES],
  };
}

function hidesValue(mask: Mask, node: AvroNode): boolean {
  const shown = shownBy(mask, node)?.shows;
  return shown === 'nothing' || shown === 'absent';
}

/**
 * A place in text may be the name of its district; other texts are shown in groups that the deciding side agrees to, or
 * not at all. Coordinates have cells; which district they lie in no mask tells.
 */
function place(
  field: FieldInfo,
  nodes: readonly AvroNode[],
  precision: '500m' | 'district' | 'withheld',
): Treatment | null {
  if (precision === 'withheld') return hidden(nodes);
  if (nodes.every(isText)) return field.concept === DISTRICT ? null : inGroups(nodes);
  if (precision === 'district') return hidden(nodes);
  const metres = { kind: 'truncate', to: cell(field.path, 500) } as const;
  return withAllowed(atLeast([metres], nodes), (mask) => nodes.every((node) => isAsWide(mask, metres, node)));
}

function cell(path: string, size: number): Extract<Mask, { kind: 'truncate' }>['to'] {
  return /lat(?:itude)?$/i.test(path)
    ? { unit: 'metres', axis: 'latitude', size }
    : { unit: 'metres', axis: 'longitude', size, latitude: CITY.farthestLatitude };
}

/** A cell that is at least as wide, although its edges lie elsewhere. */
function isAsWide(mask: Mask, than: Mask, node: AvroNode): boolean {
  const [one, other] = [mask, than].map((m) => shownBy(m, node));
  if (one?.shows !== 'part' || other?.shows !== 'part') return false;
  return one.rule.does === 'step' && other.rule.does === 'step' && one.rule.step >= other.rule.step;
}

const inGroups = (nodes: readonly AvroNode[]): Treatment =>
  withAllowed(atLeast([], nodes), (mask) => mask.kind === 'generalise' && mask.to.by === 'groups', 'groups(...)');

function withAllowed(treatment: Treatment, also: (mask: Mask) => boolean, words?: string): Treatment {
  const allows = (mask: Mask): boolean => treatment.allows(mask) || also(mask);
  return { ...treatment, allows, allowed: words === undefined ? treatment.allowed : [words, ...treatment.allowed] };
}

/** Of whatever clock: an hour is an hour. A date says no hour, and a time of day no day. */
function time(nodes: readonly AvroNode[], precision: 'hour' | 'day' | 'withheld'): Treatment | null {
  if (precision === 'withheld') return hidden(nodes);
  if (nodes.every((node) => logicalOf(node) === 'date')) return null;
  const utcOffsetMinutes = precision === 'day' ? CITY.utcOffsetMinutes : 0;
  const floor: Mask = {
    kind: 'truncate',
    to: { unit: precision, ...(utcOffsetMinutes !== 0 && { utcOffsetMinutes }) },
  };
  const units = precision === 'hour' ? ['hour', 'day'] : ['day'];
  return withAllowed(
    atLeast([floor], nodes),
    (mask) =>
      mask.kind === 'truncate' && units.includes(mask.to.unit) && nodes.every((node) => misfit(mask, node) === null),
  );
}

/** The type of each value: seen through null and lists. */
function scalarOf(node: AvroNode): AvroNode {
  if (node.kind === 'array') return scalarOf(node.items);
  if (node.kind !== 'union') return node;
  const [only, ...more] = node.branches.filter((branch) => branch.kind !== 'null');
  return only !== undefined && more.length === 0 ? scalarOf(only) : node;
}

const isText = (node: AvroNode): boolean => ['string', 'enum'].includes(scalarOf(node).kind);

function logicalOf(node: AvroNode): string | undefined {
  const scalar = scalarOf(node);
  return 'logical' in scalar ? scalar.logical : undefined;
}
