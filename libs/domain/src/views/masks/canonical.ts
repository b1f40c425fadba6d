import type { Mask } from '@citystreams/contracts';

const HOUR_MINUTES = 60;

/** The same mask written in one way only: what shows the same because it says the same is the same text. */
export function canonicalMask(mask: Mask): Mask {
  switch (mask.kind) {
    case 'constant':
      return { kind: 'constant', value: mask.value };
    case 'truncate': {
      const { to } = mask;
      if (to.unit !== 'hour' && to.unit !== 'day') return mask;
      const minutes = to.unit === 'hour' ? modulo(to.utcOffsetMinutes ?? 0) : (to.utcOffsetMinutes ?? 0);
      return { kind: 'truncate', to: { unit: to.unit, ...(minutes !== 0 && { utcOffsetMinutes: minutes }) } };
    }
    case 'generalise': {
      if (mask.to.by === 'step') return mask;
      const { groups, otherwise } = mask.to;
      const named = Object.entries(groups).filter(([, group]) => group !== otherwise);
      const sorted = named.sort(([a], [b]) => (a < b ? -1 : 1));
      return { kind: 'generalise', to: { by: 'groups', groups: Object.fromEntries(sorted), otherwise } };
    }
    case 'pseudonym':
      return { kind: 'pseudonym', per: mask.per, text: mask.text };
    default:
      return mask;
  }
}

const modulo = (minutes: number): number => ((minutes % HOUR_MINUTES) + HOUR_MINUTES) % HOUR_MINUTES;
