/**
 * From an approved request to the view it is served by. The stream's level, not the level of the asked fields, decides
 * history and sharing: order, partition and moment of arrival belong to the whole stream and stay visible in any view.
 */
import {
  DAY_MS,
  type FieldPath,
  type Level,
  type Mask,
  type PolicyMatrix,
  type Predicate,
  type StreamName,
  type Ulid,
  type ViewDefinition,
} from '@citystreams/contracts';
import { canonicalShown } from './canonical.mask.js';
import { canonicalDefinition } from './identity.js';
import { executableMasks } from './masks/executable.js';
import { conjunction } from './narrowing/narrow.js';

export interface ViewWish {
  stream: StreamName;
  /** Leaves of the contract. */
  fields: readonly FieldPath[];
  masks: Readonly<Record<string, Mask>>;
  /** The requester's condition and the deciding side's. */
  predicate: Predicate | null;
  restriction?: Predicate | null;
  /** Whose keys pseudonyms are made with. */
  purpose: string;
  entitlement: Ulid;
}

export interface SourceFacts {
  level: Level;
  /** Name of the contract's key field. */
  key: string;
  retentionMs: number;
}

/** The view a grant is served by, in canonical form: shared where history is `retained`, else the entitlement's own. */
export function viewDefinitionOf(wish: ViewWish, source: SourceFacts, policy: PolicyMatrix): ViewDefinition {
  const { fromGrant, days } = policy.levels[source.level].history;
  const masks = executableMasks(wish.masks, wish);
  const { fields } = canonicalShown({ fields: wish.fields, masks });
  const shared = !fromGrant && (source.level === 'L1' || source.level === 'L2');
  return canonicalDefinition({
    stream: wish.stream,
    fields: [...wish.fields],
    masks,
    predicate: conjunction([wish.predicate, wish.restriction].filter((term) => term !== undefined && term !== null)),
    key: fields.includes(source.key) ? 'field' : 'none',
    history: fromGrant ? 'from-grant' : 'retained',
    // A view never holds an event longer than its source does, nor longer than the replay right.
    retentionMs: days === null ? source.retentionMs : Math.min(source.retentionMs, days * DAY_MS),
    entitlement: shared ? null : wish.entitlement,
  });
}

/**
 * The source time a view begins at: for `retained` as far back as the replay right goes (null: at the earliest record
 * there is), otherwise the grant.
 */
export function replayFrom(policy: PolicyMatrix, level: Level, grantedAt: Date): Date | null {
  const { fromGrant, days } = policy.levels[level].history;
  if (fromGrant) return grantedAt;
  return days === null ? null : new Date(Math.max(0, grantedAt.getTime() - days * DAY_MS));
}
