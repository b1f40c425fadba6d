/** One entitlement as enforcement takes it up: what is decided, and what the planes showed last. */
import { HOLDING_STATES, type PlaneState } from '@citystreams/domain';
import { type EntityManager, In, Not } from 'typeorm';
import { EntitlementEntity } from '../entitlements/entitlement.entity.js';
import { PlaneEntity } from '../entitlements/plane.entity.js';
import { ViewEntity } from '../entitlements/view.entity.js';

export interface Case {
  entitlement: EntitlementEntity;
  view: ViewEntity;
  planes: readonly PlaneState[];
  /** Other entitlements that may receive the same view now. */
  otherHolders: readonly EntitlementEntity[];
}

export async function loadCase(db: EntityManager, id: string): Promise<Case> {
  const entitlement = await db.findOneByOrFail(EntitlementEntity, { id: id as EntitlementEntity['id'] });
  const [view, planes, otherHolders] = await Promise.all([
    db.findOneByOrFail(ViewEntity, { id: entitlement.view }),
    db.findBy(PlaneEntity, { entitlement: entitlement.id }),
    db.findBy(EntitlementEntity, {
      view: entitlement.view,
      id: Not(entitlement.id),
      state: In([...HOLDING_STATES]),
    }),
  ]);
  return { entitlement, view, planes, otherHolders };
}

/** Principals whose right on the view's topic hangs on this entitlement alone. */
export const releasedPrincipals = ({ entitlement, otherHolders }: Case): string[] =>
  entitlement.principals.filter((p) => !otherHolders.some((holder) => holder.principals.includes(p)));

export function desiredGeneration({ planes }: Case, plane: PlaneState['plane']): number {
  const found = planes.find((p) => p.plane === plane);
  if (found === undefined) throw new RangeError(`an entitlement lacks the plane ${plane}`);
  return found.desiredGeneration;
}
