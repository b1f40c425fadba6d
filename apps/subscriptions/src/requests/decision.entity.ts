import type { DecisionPoint, OfferedDelta } from '@citystreams/contracts';
import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { RequestEntity } from './request.entity.js';

/** The service may add decisions and read them; its role can neither change nor remove one. */
@Entity({ name: 'decisions' })
export class DecisionEntity {
  @PrimaryColumn({ type: 'text' })
  id!: string;

  @Index('decisions_by_request')
  @ForeignKey(() => RequestEntity, { name: 'decisions_request_exists' })
  @Column({ type: 'text' })
  request!: string;

  @Column({ type: 'text' })
  step!: DecisionPoint;

  @Column({ type: 'text' })
  outcome!: 'approved' | 'refused' | 'counter-offered';

  @Column({ type: 'text' })
  decider!: string;

  @Column({ type: 'text' })
  role!: string;

  /** Whose right the decider used, as a deputy. */
  @Column({ name: 'deputy_for', type: 'text', nullable: true })
  deputyFor!: string | null;

  /** Who was silent until the time was up. */
  @Column({ name: 'in_place_of', type: 'text', nullable: true })
  inPlaceOf!: string | null;

  /** Of the request's rounds; what belongs to an earlier one is void. */
  @Column({ type: 'int', default: 1 })
  round!: number;

  @Column({ type: 'jsonb', nullable: true })
  delta!: OfferedDelta | null;

  @Column({ name: 'reason_code', type: 'text', nullable: true })
  reasonCode!: string | null;

  @Column({ name: 'legal_ground', type: 'text', nullable: true })
  legalGround!: string | null;

  @Column({ type: 'text', nullable: true })
  text!: string | null;

  @Column({ type: 'timestamptz' })
  at!: Date;
}
