/**
 * The governance policy of the city as data (`policy/matrix.yaml`, `purposes.yaml`, `reason-codes.yaml`, `negative-list.yaml`): plain types, so
 * that pure decisions can take them. libs/policy reads and checks the files.
 */
import type { DecisionStep } from '../api/requests.js';
import type { Category, Concept, Level, SharingAttribute } from '../levels.js';
import type { AgencyId, FieldPath, StreamName } from '../names.js';

/** How fields of category `identifier` are shown to a consumer. */
export type IdentifierTreatment = 'clear' | 'pseudonym-per-purpose' | 'pseudonym-per-entitlement' | 'withheld';

/** How exact places and times are shown: as they are, or only coarsened. */
export interface Precision {
  place: 'exact' | '500m' | 'district' | 'withheld';
  time: 'exact' | 'hour' | 'day' | 'withheld';
}

export interface LevelPolicy {
  sharing: SharingAttribute;
  /** Who decides, in this order. Empty: nothing of this level is shared through this system. */
  approvers: DecisionStep[];
  /** Working days for each step; 0: at once; null: nobody is asked. */
  replyWorkingDays: number | null;
  /** null: no limit. */
  longestGrantMonths: number | null;
  identifiers: IdentifierTreatment;
  precision: Precision;
  history: {
    /** A consumer sees only what is published after its grant. */
    fromGrant: boolean;
    /** Replay right: how far back a consumer may read again. null: as far as the source keeps. */
    days: number | null;
  };
  /** Longest a source of this level may keep its events. null: no limit. */
  sourceRetentionDays: number | null;
  recertificationMonths: number;
}

/** Decisions name the version they were made under. */
export interface PolicyMatrix {
  version: string;
  levels: Record<Level, LevelPolicy>;
}

interface Bilingual {
  en: string;
  zh: string;
}

export interface Purpose {
  code: string;
  name: Bilingual;
  /** The statutory duty behind the purpose. */
  citation: Citation & { duty: Bilingual };
}

export interface Citation {
  law: Bilingual;
  /** Article or chapter; null where the law as a whole is meant. */
  article: string | null;
}

export interface ReasonCode {
  code: string;
  for: ('refuse' | 'revoke')[];
  name: Bilingual;
  /** Cannot be disputed. */
  final: boolean;
}

/**
 * `policy/negative-list.yaml`: what is forbidden for a time. Conditions that are not named hold; those about fields hold
 * together for one field that is asked for.
 */
export interface NegativeEntry {
  /** What a refusal names; it cannot be disputed. */
  code: string;
  name: Bilingual;
  forbids: {
    streams?: StreamName[] | undefined;
    purposes?: string[] | undefined;
    /** Of the agencies that ask. */
    agencies?: AgencyId[] | undefined;
    categories?: Category[] | undefined;
    concepts?: Concept[] | undefined;
    /** That level and above. */
    fromLevel?: Level | undefined;
  };
  ground: Citation;
  /** Who put it on the list, by name and office. */
  decider: string;
  /** First and last day, `2026-11-23`, in the city. After the last it has to be decided again. */
  from: string;
  until: string;
}

export interface Policy {
  matrix: PolicyMatrix;
  purposes: Purpose[];
  reasonCodes: ReasonCode[];
  negativeList: NegativeEntry[];
}

/** `policy/reclassifications.yaml`: somebody decided that a field is less sensitive than it was called before. */
export interface Reclassification {
  stream: StreamName;
  field: FieldPath;
  from: Level;
  to: Level;
  /** Who decided, by name and office. */
  decider: string;
  /** The day of the decision, `2026-11-23`. */
  date: string;
  reason: string;
}

/** `policy/concepts.yaml`: a word of the city for what fields of different streams mean alike. */
export interface CityConcept {
  code: Concept;
  name: Bilingual;
  meaning: Bilingual;
}
