/** Masks written in one way only, and only those that change something. Pure. */
import type { ExecutableMask, MaskKeyScope } from '@citystreams/contracts';

interface Shown {
  fields: readonly string[];
  masks: Readonly<Record<string, ExecutableMask>>;
}

/**
 * Fields and masks that show the same: a field below a listed one says nothing more, a dropped field is as one that is
 * not listed, and a mask that meets nothing is left out. Empty `fields`: everything was dropped.
 */
export function canonicalShown({ fields, masks }: Shown): { fields: string[]; masks: Record<string, ExecutableMask> } {
  const dropped = Object.keys(masks).filter((path) => masks[path]?.kind === 'drop');
  const isDropped = (path: string): boolean => dropped.some((drop) => isAt(path, drop));
  const listed = [...new Set(fields)].filter(
    (path) => !isDropped(path) && !fields.some((other) => isBelow(path, other) && !isDropped(other)),
  );
  const meets = ([path, mask]: readonly [string, ExecutableMask]): boolean => {
    if (mask.kind === 'keep' || dropped.some((drop) => isBelow(path, drop))) return false;
    // What is taken out is taken out of something that is listed whole.
    if (mask.kind === 'drop') return listed.some((field) => isBelow(path, field));
    return listed.some((field) => isAt(path, field) || isBelow(field, path));
  };
  return {
    fields: listed.sort(byText),
    masks: sortedByName(
      Object.entries(masks)
        .filter(meets)
        .map(([path, mask]) => [path, canonicalMask(mask)] as const),
    ),
  };
}

/** The same mask with its members in one order, and nothing said that goes without saying. */
function canonicalMask(mask: ExecutableMask): ExecutableMask {
  switch (mask.kind) {
    case 'keep':
    case 'drop':
    case 'null':
      return { kind: mask.kind };
    case 'constant':
      return { kind: 'constant', value: mask.value };
    case 'truncate':
      return { kind: 'truncate', to: canonicalPrecision(mask.to) };
    case 'generalise':
      return { kind: 'generalise', to: canonicalClasses(mask.to) };
    case 'partial':
      return { kind: 'partial', first: mask.first, last: mask.last };
    default:
      return { kind: 'pseudonym', text: mask.text, key: canonicalScope(mask.key) };
  }
}

type Of<K extends ExecutableMask['kind']> = Extract<ExecutableMask, { kind: K }>;

function canonicalPrecision(to: Of<'truncate'>['to']): Of<'truncate'>['to'] {
  switch (to.unit) {
    case 'hour':
    case 'day': {
      const { unit, utcOffsetMinutes = 0 } = to;
      return utcOffsetMinutes === 0 ? { unit } : { unit, utcOffsetMinutes };
    }
    case 'characters':
      return { unit: to.unit, count: to.count };
    case 'degrees':
      return { unit: to.unit, size: to.size };
    default:
      return to.axis === 'latitude'
        ? { unit: to.unit, axis: to.axis, size: to.size }
        : { unit: to.unit, axis: to.axis, size: to.size, latitude: to.latitude };
  }
}

/** A value whose group is the one of all others needs not be listed. */
function canonicalClasses(to: Of<'generalise'>['to']): Of<'generalise'>['to'] {
  if (to.by === 'step') return { by: 'step', step: to.step };
  const { groups, otherwise } = to;
  return { by: 'groups', groups: sortedByName(Object.entries(groups).filter(([, g]) => g !== otherwise)), otherwise };
}

const canonicalScope = (scope: MaskKeyScope): MaskKeyScope =>
  scope.per === 'purpose'
    ? { per: 'purpose', purpose: scope.purpose }
    : { per: 'entitlement', entitlement: scope.entitlement };

const isBelow = (path: string, above: string): boolean => path.startsWith(`${above}.`);
const isAt = (path: string, at: string): boolean => path === at || isBelow(path, at);

export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const sortedByName = <T>(entries: readonly (readonly [string, T])[]): Record<string, T> =>
  Object.fromEntries([...entries].sort(([a], [b]) => byText(a, b)));
