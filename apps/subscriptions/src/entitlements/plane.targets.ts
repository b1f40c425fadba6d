import type { EntityManager } from 'typeorm';
import { PlaneEntity } from './plane.entity.js';

/** After a change of direction: the router has to answer the view's new generation, the brokers a new state of rights. */
export async function moveTargets(tx: EntityManager, entitlement: string, viewGeneration: number): Promise<void> {
  await tx.update(PlaneEntity, { entitlement, plane: 'router' }, { desiredGeneration: viewGeneration, error: null });
  await tx.increment(PlaneEntity, { entitlement, plane: 'topic-right' }, 'desiredGeneration', 1);
  await tx.update(PlaneEntity, { entitlement, plane: 'topic-right' }, { error: null });
}
