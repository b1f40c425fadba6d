/** From what was recorded of an entitlement to who could read what when. */
import type { AgencyId, FieldPath, Mask, Predicate, PrincipalId, StreamName, Ulid } from '@citystreams/contracts';

/** A version of an entitlement, and every state it was in. */
export interface RecordedVersion {
  entitlement: Ulid;
  version: number;
  /** The request that was granted. */
  request: Ulid;
  stream: StreamName;
  consumer: AgencyId;
  principals: readonly PrincipalId[];
  fields: readonly FieldPath[];
  masks: Readonly<Record<FieldPath, Mask>>;
  predicate: Predicate | null;
  restriction?: Predicate | null;
  /** The end of the term; null: none. */
  validTo: Date | null;
  /** In the order in which they were entered. */
  states: readonly { state: string; at: Date }[];
}

/**
 * `yes`: every broker and the router were seen to give it. `perhaps`: rights were being given or taken, or the term was
 * over and the rights not yet seen to be gone; some of it could be read. `no`: every broker was seen to refuse.
 */
export type Readable = 'yes' | 'perhaps' | 'no';

const READABLE: Readonly<Record<string, Readable>> = {
  ACTIVE: 'yes',
  PROVISIONING: 'perhaps',
  SUSPENDING: 'perhaps',
  RESUMING: 'perhaps',
  REVOKING: 'perhaps',
  EXPIRING: 'perhaps',
  REVOKE_FAILED: 'perhaps',
  SUPERSEDED: 'no',
  PROVISION_FAILED: 'no',
  SUSPENDED: 'no',
  REVOKED: 'no',
  EXPIRED: 'no',
};

/** The state at a moment, from its first instant on; null: it was not granted yet. */
export const stateAt = (
  { states }: Pick<RecordedVersion, 'states'>,
  at: Date,
): RecordedVersion['states'][number] | null =>
  states.findLast((entered) => entered.at.getTime() <= at.getTime()) ?? null;

/** A state that is not known here counts as readable perhaps: who could read is never understated. */
export function readableAt(version: Pick<RecordedVersion, 'states' | 'validTo'>, at: Date): Readable {
  const entered = stateAt(version, at);
  if (entered === null) return 'no';
  const readable = Object.hasOwn(READABLE, entered.state) ? READABLE[entered.state] : undefined;
  const isOver = version.validTo !== null && version.validTo.getTime() <= at.getTime();
  return readable === 'yes' && isOver ? 'perhaps' : (readable ?? 'perhaps');
}

/** How a view of this version shows a field; null: it does not. */
export function shownAs({ fields, masks }: Pick<RecordedVersion, 'fields' | 'masks'>, field: FieldPath): Mask | null {
  if (!fields.includes(field)) return null;
  const mask = Object.hasOwn(masks, field) ? masks[field] : undefined;
  return mask?.kind === 'drop' ? null : (mask ?? { kind: 'keep' });
}
