/**
 * The entitlement machine: decided is not enforced. A state is reached only by what was observed on the planes.
 *
 * | from                  | event                                              | to               |
 * |-----------------------|----------------------------------------------------|------------------|
 * | PROVISIONING          | every plane shows the wanted generation            | ACTIVE           |
 * | PROVISIONING          | 10 minutes without that                            | PROVISION_FAILED |
 * | PROVISION_FAILED      | rolled back, and 10 minutes passed                 | PROVISIONING     |
 * | ACTIVE                | a plane stops showing it, or is silent for 1 minute | PROVISIONING     |
 * | all four              | revoke                                             | REVOKING         |
 * | REVOKING, _FAILED     | right gone on every broker and view stopped        | REVOKED          |
 * | REVOKING              | 10 minutes without that                            | REVOKE_FAILED    |
 *
 * Suspension, expiry and replacement have their place beside these events.
 */
import type { EntitlementState, Plane } from '@citystreams/contracts';

/** One plane of one entitlement, as last observed. */
export interface PlaneState {
  plane: Plane;
  desiredGeneration: number;
  /** Written only from a parsed answer of that plane. */
  observedGeneration: number;
  /** When that answer came; null: never. */
  observedAt: Date | null;
  error: string | null;
}

export interface EntitlementFile {
  state: EntitlementState;
  /** When this state was entered. */
  since: Date;
  planes: readonly PlaneState[];
}

/** How long a change may take before people are told that it failed. */
export const TRANSITION_LIMIT_MS = 10 * 60_000;
/** An answer older than this says nothing about now. */
export const ANSWER_LIFE_MS = 60_000;

/** What each state wants to see on the planes. */
const WANTED: Record<EntitlementState, 'present' | 'absent'> = {
  PROVISIONING: 'present',
  ACTIVE: 'present',
  PROVISION_FAILED: 'absent',
  REVOKING: 'absent',
  REVOKE_FAILED: 'absent',
  REVOKED: 'absent',
};

export const wantsPresent = (state: EntitlementState): boolean => WANTED[state] === 'present';

/** The states in which an entitlement holds its view: the router writes it for them. */
export const HOLDING_STATES: readonly EntitlementState[] = ['PROVISIONING', 'ACTIVE'];

const isObserved = (p: PlaneState): boolean => p.observedGeneration === p.desiredGeneration && p.observedAt !== null;

const isFresh = (p: PlaneState, now: Date): boolean =>
  p.observedAt !== null && now.getTime() - p.observedAt.getTime() <= ANSWER_LIFE_MS;

/** What an ending waits for; the view's topic outlives its last entitlement. */
const ENDING_PLANES: readonly Plane[] = ['router', 'topic-right'];

/** The planes that do not show what this state wants to see. */
export const planesMissing = (file: EntitlementFile, now: Date): PlaneState[] =>
  file.planes
    .filter((p) => wantsPresent(file.state) || ENDING_PLANES.includes(p.plane))
    .filter((p) => !isObserved(p) || !isFresh(p, now));

interface Seen {
  /** Every plane shows what the state wants. */
  complete: boolean;
  /** The state has lasted longer than a transition may. */
  late: boolean;
}

const NEXT: Record<EntitlementState, (seen: Seen) => EntitlementState | null> = {
  PROVISIONING: ({ complete, late }) => (complete ? 'ACTIVE' : late ? 'PROVISION_FAILED' : null),
  ACTIVE: ({ complete }) => (complete ? null : 'PROVISIONING'),
  PROVISION_FAILED: ({ complete, late }) => (complete && late ? 'PROVISIONING' : null),
  REVOKING: ({ complete, late }) => (complete ? 'REVOKED' : late ? 'REVOKE_FAILED' : null),
  REVOKE_FAILED: ({ complete }) => (complete ? 'REVOKED' : null),
  REVOKED: () => null,
};

/** The state that follows from what is observed now; null: it stays. */
export function observe(file: EntitlementFile, now: Date): EntitlementState | null {
  return NEXT[file.state]({
    complete: planesMissing(file, now).length === 0,
    late: now.getTime() - file.since.getTime() >= TRANSITION_LIMIT_MS,
  });
}

export type RevokeOutcome =
  | { ok: true; next: EntitlementState }
  | { ok: false; code: 'STATE_CONFLICT'; detail: string };

export function revoke(state: EntitlementState): RevokeOutcome {
  switch (state) {
    case 'PROVISIONING':
    case 'ACTIVE':
    case 'PROVISION_FAILED':
      return { ok: true, next: 'REVOKING' };
    default:
      return { ok: false, code: 'STATE_CONFLICT', detail: `the entitlement is ${state}: it has ended or is ending` };
  }
}
