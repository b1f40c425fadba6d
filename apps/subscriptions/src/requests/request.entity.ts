import type {
  AgencyId,
  DecisionStep,
  FieldPath,
  Level,
  Mask,
  Predicate,
  PrincipalId,
  RequestState,
  StreamName,
  Ulid,
} from '@citystreams/contracts';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity({ name: 'requests' })
@Index('requests_by_asking', ['asking', 'id'])
@Index('requests_by_owner', ['owner', 'id'])
export class RequestEntity {
  @PrimaryColumn({ type: 'text' })
  id!: Ulid;

  @Column({ type: 'text' })
  state!: RequestState;

  @Column({ type: 'text' })
  stream!: StreamName;

  @Column({ type: 'text' })
  owner!: AgencyId;

  @Column({ type: 'text' })
  asking!: AgencyId;

  /** Leaves of the contract: a record that was asked for is written down as the fields in it. */
  @Column({ type: 'text', array: true })
  fields!: FieldPath[];

  @Column({ type: 'jsonb' })
  masks!: Record<string, Mask>;

  @Column({ type: 'jsonb', nullable: true })
  predicate!: Predicate | null;

  @Column({ type: 'text' })
  purpose!: string;

  @Column({ name: 'legal_basis', type: 'text' })
  legalBasis!: string;

  @Column({ type: 'text' })
  necessity!: string;

  @Column({ type: 'int' })
  months!: number;

  @Column({ type: 'text' })
  start!: string;

  @Column({ type: 'text', array: true })
  principals!: PrincipalId[];

  @Column({ type: 'text' })
  level!: Level;

  @Column({ type: 'text', array: true })
  steps!: DecisionStep[];

  @Column({ name: 'policy_version', type: 'text', nullable: true })
  policyVersion!: string | null;

  @Column({ type: 'text', nullable: true })
  due!: DecisionStep | null;

  @Column({ type: 'text', nullable: true })
  entitlement!: Ulid | null;

  @Column({ name: 'created_by', type: 'text' })
  createdBy!: string;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  /** null: nobody but the asking agency has seen it. */
  @Column({ name: 'submitted_at', type: 'timestamptz', nullable: true })
  submittedAt!: Date | null;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
