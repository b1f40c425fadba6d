import type { Plane } from '@citystreams/contracts';
import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { EntitlementEntity } from './entitlement.entity.js';

/** What a plane should show of an entitlement, and what it showed when it was last asked. */
@Entity({ name: 'planes' })
export class PlaneEntity {
  @ForeignKey(() => EntitlementEntity, { name: 'planes_entitlement_exists' })
  @PrimaryColumn({ type: 'text' })
  entitlement!: string;

  @PrimaryColumn({ type: 'text' })
  plane!: Plane;

  @Column({ name: 'desired_generation', type: 'int' })
  desiredGeneration!: number;

  /** Only ever written from a parsed answer of the plane. */
  @Column({ name: 'observed_generation', type: 'int' })
  observedGeneration!: number;

  @Column({ name: 'observed_at', type: 'timestamptz', nullable: true })
  observedAt!: Date | null;

  @Column({ type: 'text', nullable: true })
  error!: string | null;
}
