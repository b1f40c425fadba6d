/** What the city forbids for a time, whatever the matrix says. Nobody decides such a request; the list does. */
import { type AgencyId, type FieldInfo, isAtLeast, type NegativeEntry, type StreamName } from '@citystreams/contracts';
import { CITY } from '../views/masks/city.js';

/** What of a request the list looks at. */
export interface Sought {
  stream: StreamName;
  asking: AgencyId;
  purpose: string;
  /** The leaves that are asked for. */
  fields: readonly FieldInfo[];
}

export interface Forbidden {
  code: string;
  legalGround: string;
  text: string;
}

/** The code under which a rule denies that cannot be told; `onFailure` hears of it. */
export const RULE_FAILED = 'RULE_FAILED';

/**
 * The first entry in force that forbids the request; null: none does. A rule that fails denies.
 *
 * @param onFailure counts it; gets the entry's code, never what was asked
 */
export function forbiddenBy(
  list: readonly NegativeEntry[],
  sought: Sought,
  now: Date,
  onFailure: (code: string, error: unknown) => void,
): Forbidden | null {
  for (const entry of list) {
    try {
      if (isInForce(entry, now) && forbids(entry, sought)) return refusalOf(entry);
    } catch (error) {
      onFailure(entry.code, error);
      const text = `the rule ${entry.code} could not be told; what cannot be told is denied`;
      return { code: RULE_FAILED, legalGround: entry.code, text };
    }
  }
  return null;
}

const MINUTE_MS = 60_000;

/** Both days included, as the city's calendar shows them. */
export function isInForce({ from, until }: Pick<NegativeEntry, 'from' | 'until'>, now: Date): boolean {
  const today = new Date(now.getTime() + CITY.utcOffsetMinutes * MINUTE_MS).toISOString().slice(0, 10);
  return from <= today && today <= until;
}

/** Every condition that the entry names holds; those about fields hold together for one of the asked fields. */
function forbids({ forbids: rule }: NegativeEntry, sought: Sought): boolean {
  const among = <T>(list: readonly T[] | undefined, value: T): boolean => list === undefined || list.includes(value);
  if (!among(rule.streams, sought.stream) || !among(rule.purposes, sought.purpose)) return false;
  if (!among(rule.agencies, sought.asking)) return false;
  return sought.fields.some(
    (field) =>
      among(rule.categories, field.category) &&
      (rule.concepts === undefined || (field.concept !== undefined && rule.concepts.includes(field.concept))) &&
      (rule.fromLevel === undefined || isAtLeast(field.level, rule.fromLevel)),
  );
}

function refusalOf({ code, name, ground, until }: NegativeEntry): Forbidden {
  const article = ground.article === null ? '' : `, ${ground.article}`;
  return { code, legalGround: `${ground.law.en}${article}`, text: `${name.en} (until ${until})` };
}
