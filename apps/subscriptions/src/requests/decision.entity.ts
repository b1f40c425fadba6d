import type { DecisionStep } from '@citystreams/contracts';
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
  step!: DecisionStep;

  @Column({ type: 'text' })
  outcome!: 'approved' | 'refused';

  @Column({ type: 'text' })
  decider!: string;

  @Column({ type: 'text' })
  role!: string;

  @Column({ name: 'reason_code', type: 'text', nullable: true })
  reasonCode!: string | null;

  @Column({ name: 'legal_ground', type: 'text', nullable: true })
  legalGround!: string | null;

  @Column({ type: 'text', nullable: true })
  text!: string | null;

  @Column({ type: 'timestamptz' })
  at!: Date;
}
