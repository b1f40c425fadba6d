import type { AgencyId, DecidingRole, Ulid } from '@citystreams/contracts';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A deciding role in a deputy's hands until an end. */
@Entity({ name: 'delegations' })
export class DelegationEntity {
  @PrimaryColumn({ type: 'text' })
  id!: Ulid;

  @Column({ type: 'text' })
  role!: DecidingRole;

  /** Account of the person whose role it is, and that person's agency. */
  @Column({ type: 'text' })
  person!: string;

  @Index('delegations_by_agency')
  @Column({ type: 'text' })
  agency!: AgencyId;

  @Index('delegations_by_deputy')
  @Column({ type: 'text' })
  deputy!: string;

  @Column({ name: 'deputy_agency', type: 'text' })
  deputyAgency!: AgencyId;

  @Column({ type: 'timestamptz' })
  until!: Date;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column({ name: 'ended_at', type: 'timestamptz', nullable: true })
  endedAt!: Date | null;
}
