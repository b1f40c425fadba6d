import type { FieldPath, Mask, Predicate } from '@citystreams/contracts';

/** What a request asks to see, and for how long. */
export interface Ask {
  fields: readonly FieldPath[];
  /** By field; a field that is not named is asked for as the policy shows it. */
  masks: Readonly<Record<FieldPath, Mask>>;
  /** The requester's own condition: over fields that it gets in the clear. */
  predicate: Predicate | null;
  /** The deciding side's condition, beside the requester's: over any field. Absent as null: there is none. */
  restriction?: Predicate | null;
  months: number;
  /** `now`, or the time from which retained history is asked. */
  start: string;
}
