/** "Why can or can't X read field F?" and "who could read field F at time T?", told from what was recorded. */
import type { FieldPath, Mask, Predicate, PrincipalId, StreamName, Ulid } from '@citystreams/contracts';
import { agencyOf } from '@citystreams/contracts';
import { conjunction } from '../views/narrowing/narrow.js';
import { type Readable, readableAt, type RecordedVersion, shownAs, stateAt } from './readable.js';

export interface ReadQuestion {
  principal: PrincipalId;
  stream: StreamName;
  field: FieldPath;
  at: Date;
}

export type ReadReason =
  /** Granted, and every plane was seen. */
  | 'GRANTED'
  /** Granted; rights were on their way in or out. */
  | 'CHANGING'
  /** The contract has no such classified field: it is absent from every view. */
  | 'FIELD_UNKNOWN'
  /** Nothing of the stream was ever granted to the agency. */
  | 'NEVER_GRANTED'
  /** Granted only later. */
  | 'NOT_YET'
  /** Granted to the agency, for other service accounts. */
  | 'OTHER_ACCOUNT'
  /** Granted without this field. */
  | 'FIELD_NOT_GRANTED'
  /** Granted, and not in force then: `state` says why. */
  | 'NOT_IN_FORCE';

export interface ReadAnswer {
  readable: Readable;
  reason: ReadReason;
  /** What the answer rests on; null where nothing was granted. */
  by: { entitlement: Ulid; version: number; request: Ulid; state: string | null; since: Date | null } | null;
  /** How the field is shown; null where it is not. */
  shownAs: Mask | null;
  /** Which events are shown; null: all. */
  condition: Predicate | null;
}

/** From the best for the reader: of several versions the one that shows most counts. */
const REASONS: readonly ReadReason[] = [
  'GRANTED',
  'CHANGING',
  'NOT_IN_FORCE',
  'FIELD_NOT_GRANTED',
  'OTHER_ACCOUNT',
  'NOT_YET',
  'NEVER_GRANTED',
];

/** @param isClassified whether the contract had the field at that time */
export function explainRead(
  question: ReadQuestion,
  versions: readonly RecordedVersion[],
  isClassified: boolean,
): ReadAnswer {
  const nothing: ReadAnswer = { readable: 'no', reason: 'NEVER_GRANTED', by: null, shownAs: null, condition: null };
  if (!isClassified) return { ...nothing, reason: 'FIELD_UNKNOWN' };
  const answers = versions
    .filter((v) => v.stream === question.stream && v.consumer === agencyOf(question.principal))
    .map((version) => answerOf(question, version));
  const order = (answer: ReadAnswer): number => REASONS.indexOf(answer.reason);
  return answers.reduce((best, answer) => (order(answer) <= order(best) ? answer : best), nothing);
}

function answerOf({ principal, field, at }: ReadQuestion, version: RecordedVersion): ReadAnswer {
  const { entitlement, request } = version;
  const entered = stateAt(version, at);
  const readable = readableAt(version, at);
  const mask = shownAs(version, field);
  const by = {
    entitlement,
    version: version.version,
    request,
    state: entered?.state ?? null,
    since: entered?.at ?? null,
  };
  const no = (reason: ReadReason): ReadAnswer => ({ readable: 'no', reason, by, shownAs: null, condition: null });
  if (entered === null) return no('NOT_YET');
  if (!version.principals.includes(principal)) return no('OTHER_ACCOUNT');
  if (mask === null) return no('FIELD_NOT_GRANTED');
  if (readable === 'no') return no('NOT_IN_FORCE');
  const reason = readable === 'yes' ? 'GRANTED' : 'CHANGING';
  return { readable, reason, by, shownAs: mask, condition: conditionOf(version) };
}

const conditionOf = ({ predicate, restriction }: RecordedVersion): Predicate | null =>
  conjunction([predicate, restriction].flatMap((term) => term ?? []));

export interface Reader {
  principal: PrincipalId;
  entitlement: Ulid;
  version: number;
  readable: Exclude<Readable, 'no'>;
  shownAs: Mask;
  condition: Predicate | null;
}

/** Everybody to whom a field was shown at a moment, in order of principal, entitlement and version. */
export function readersAt(
  { stream, field, at }: Omit<ReadQuestion, 'principal'>,
  versions: readonly RecordedVersion[],
): Reader[] {
  const readers = versions
    .filter((version) => version.stream === stream)
    .flatMap((version): Reader[] => {
      const [readable, mask] = [readableAt(version, at), shownAs(version, field)];
      if (readable === 'no' || mask === null) return [];
      const { entitlement, version: number } = version;
      const condition = conditionOf(version);
      return version.principals.map((principal) => ({
        principal,
        entitlement,
        version: number,
        readable,
        shownAs: mask,
        condition,
      }));
    });
  const key = (r: Reader): string => `${r.principal} ${r.entitlement} ${String(r.version).padStart(9, '0')}`;
  return readers.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
