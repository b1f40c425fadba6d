import type { AgencyId, EntitlementState, PrincipalId, StreamName, Ulid } from '@citystreams/contracts';
import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { RequestEntity } from '../requests/request.entity.js';
import { ViewEntity } from './view.entity.js';

/** Who ended it, why, and when that was decided. */
export interface Ending {
  by: string;
  reasonCode: string;
  text: string;
  at: string;
}

@Entity({ name: 'entitlements' })
@Index('entitlements_by_owner', ['owner', 'id'])
@Index('entitlements_by_consumer', ['consumer', 'id'])
export class EntitlementEntity {
  @PrimaryColumn({ type: 'text' })
  id!: Ulid;

  @Column({ type: 'int' })
  version!: number;

  @Index('entitlements_by_state')
  @Column({ type: 'text' })
  state!: EntitlementState;

  /** When the state was entered. */
  @Column({ type: 'timestamptz' })
  since!: Date;

  @ForeignKey(() => RequestEntity, { name: 'entitlements_request_exists' })
  @Column({ type: 'text' })
  request!: Ulid;

  @Column({ type: 'text' })
  stream!: StreamName;

  @Column({ type: 'text' })
  owner!: AgencyId;

  @Column({ type: 'text' })
  consumer!: AgencyId;

  @Column({ type: 'text', array: true })
  principals!: PrincipalId[];

  @Column({ type: 'text' })
  purpose!: string;

  @Index('entitlements_by_view')
  @ForeignKey(() => ViewEntity, { name: 'entitlements_view_exists' })
  @Column({ type: 'text' })
  view!: Ulid;

  @Column({ name: 'valid_from', type: 'timestamptz' })
  validFrom!: Date;

  @Column({ name: 'valid_to', type: 'timestamptz', nullable: true })
  validTo!: Date | null;

  @Column({ type: 'jsonb', nullable: true })
  ended!: Ending | null;
}
