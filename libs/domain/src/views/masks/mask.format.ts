import type { Mask } from '@citystreams/contracts';
import { canonicalMask } from './canonical.js';
import { CITY } from './city.js';

/** A mask as people write it; `parseMask` reads from it what `canonicalMask` makes of the mask. */
export function formatMask(given: Mask): string {
  const mask = canonicalMask(given);
  switch (mask.kind) {
    case 'constant':
      return `constant(${JSON.stringify(mask.value)})`;
    case 'truncate':
      return precision(mask.to);
    case 'generalise': {
      if (mask.to.by === 'step') return `step(${mask.to.step})`;
      const named = Object.entries(mask.to.groups).map(([value, group]) => `${text(value)}: ${text(group)}, `);
      return `groups(${named.join('')}otherwise: ${text(mask.to.otherwise)})`;
    }
    case 'partial':
      return `partial(${mask.first}, ${mask.last})`;
    case 'pseudonym':
      return `pseudonym per ${mask.per}${mask.text === 'hex' ? '' : ` as ${mask.text}`}`;
    default:
      return mask.kind;
  }
}

const text = (value: string): string => JSON.stringify(value);

function precision(to: Extract<Mask, { kind: 'truncate' }>['to']): string {
  switch (to.unit) {
    case 'characters':
      return `first(${to.count})`;
    case 'degrees':
      return `degrees(${to.size})`;
    case 'metres':
      return to.axis === 'latitude'
        ? `grid(${to.size} m, latitude)`
        : `grid(${to.size} m, longitude${to.latitude === CITY.farthestLatitude ? '' : ` at ${to.latitude}`})`;
    default:
      return `${to.unit}${clock(to.unit, to.utcOffsetMinutes ?? 0)}`;
  }
}

/** Hours begin alike in all whole time zones. */
function clock(unit: 'hour' | 'day', minutes: number): string {
  const city = unit === 'hour' ? CITY.utcOffsetMinutes % 60 : CITY.utcOffsetMinutes;
  if (minutes === city) return '';
  if (minutes === 0) return ' at UTC';
  const [hours, rest] = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return ` at ${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
}
