/**
 * Masks as people write them:
 *
 *     keep   drop   null
 *     constant("withheld")   constant(0)   constant(true)
 *     hour   day                     as clocks in the city show it; `day at UTC`, `day at +05:30` elsewhere
 *     first(3)                       characters of a text
 *     grid(500 m, latitude)   grid(500 m, longitude)   grid(500 m, longitude at 22.9)   degrees(0.01)
 *     step(10)
 *     groups("flu": "respiratory", "asthma": "respiratory", otherwise: "other")
 *     partial(3, 4)                  first and last characters
 *     pseudonym per purpose   pseudonym per entitlement as base64url
 */
import { Mask } from '@citystreams/contracts';
import { CITY } from './city.js';
import { canonicalMask } from './canonical.js';
import { MaskTokens } from './mask.tokens.js';

/** Longer than the largest mask needs to be. */
export const MOST_MASK_TEXT = 64 * 1024;

export type MaskReading = { ok: true; mask: Mask } | { ok: false; column: number; message: string };

/** Throws nothing, whatever the text. `column` counts from 1. */
export function parseMask(text: string): MaskReading {
  if (text.length > MOST_MASK_TEXT)
    return { ok: false, column: 1, message: `it is longer than ${MOST_MASK_TEXT} characters` };
  const tokens = new MaskTokens(text);
  const read = maskOf(tokens);
  if (read === null || !tokens.end()) return { ok: false, ...tokens.problem() };
  const checked = Mask.safeParse(read);
  if (checked.success) return { ok: true, mask: canonicalMask(checked.data) };
  return { ok: false, column: 1, message: checked.error.issues[0]?.message ?? 'it is no mask' };
}

const KINDS: Readonly<Record<string, (tokens: MaskTokens) => unknown>> = {
  keep: () => ({ kind: 'keep' }),
  drop: () => ({ kind: 'drop' }),
  null: () => ({ kind: 'null' }),
  constant: (t) => inBrackets(t, () => field(t.literal(), (value) => ({ kind: 'constant', value }))),
  hour: (t) => time(t, 'hour'),
  day: (t) => time(t, 'day'),
  first: (t) => inBrackets(t, () => field(t.number(), (count) => truncate({ unit: 'characters', count }))),
  degrees: (t) => inBrackets(t, () => field(t.number(), (size) => truncate({ unit: 'degrees', size }))),
  grid: (t) => inBrackets(t, () => grid(t)),
  step: (t) => inBrackets(t, () => field(t.number(), (step) => ({ kind: 'generalise', to: { by: 'step', step } }))),
  groups: (t) => inBrackets(t, () => groups(t)),
  partial: (t) =>
    inBrackets(t, () =>
      field(t.number(), (first) =>
        t.take(',') ? field(t.number(), (last) => ({ kind: 'partial', first, last })) : null,
      ),
    ),
  pseudonym,
};

function maskOf(tokens: MaskTokens): unknown {
  const names = Object.keys(KINDS);
  const name = names.find((word) => tokens.take(word));
  return name === undefined ? null : (KINDS[name]?.(tokens) ?? null);
}

const truncate = (to: unknown): unknown => ({ kind: 'truncate', to });
const field = <T>(value: T | null, make: (value: T) => unknown): unknown => (value === null ? null : make(value));

function inBrackets(tokens: MaskTokens, inner: () => unknown): unknown {
  if (!tokens.take('(')) return null;
  const made = inner();
  return made !== null && tokens.take(')') ? made : null;
}

function time(tokens: MaskTokens, unit: 'hour' | 'day'): unknown {
  if (!tokens.take('at')) return truncate({ unit, utcOffsetMinutes: CITY.utcOffsetMinutes });
  if (tokens.take('UTC')) return truncate({ unit });
  return field(tokens.offset(), (utcOffsetMinutes) => truncate({ unit, utcOffsetMinutes }));
}

function grid(tokens: MaskTokens): unknown {
  const size = tokens.number();
  if (size === null || !tokens.take('m') || !tokens.take(',')) return null;
  if (tokens.take('latitude')) return truncate({ unit: 'metres', axis: 'latitude', size });
  if (!tokens.take('longitude')) return null;
  const latitude = tokens.take('at') ? tokens.number() : CITY.farthestLatitude;
  return field(latitude, (degrees) => truncate({ unit: 'metres', axis: 'longitude', size, latitude: degrees }));
}

function groups(tokens: MaskTokens): unknown {
  const named = new Map<string, string>();
  while (!tokens.take('otherwise')) {
    const value = tokens.text();
    const group = value !== null && tokens.take(':') ? tokens.text() : null;
    if (value === null || group === null || !tokens.take(',')) return null;
    if (named.has(value)) return tokens.refuse(`${JSON.stringify(value)} is in a group already`);
    named.set(value, group);
  }
  const otherwise = tokens.take(':') ? tokens.text() : null;
  return field(otherwise, (group) => ({
    kind: 'generalise',
    to: { by: 'groups', groups: Object.fromEntries(named), otherwise: group },
  }));
}

function pseudonym(tokens: MaskTokens): unknown {
  if (!tokens.take('per')) return null;
  const per = (['purpose', 'entitlement'] as const).find((word) => tokens.take(word));
  if (per === undefined) return null;
  const text = tokens.take('as') ? (['hex', 'base64url'] as const).find((word) => tokens.take(word)) : 'hex';
  return text === undefined ? null : { kind: 'pseudonym', per, text };
}
