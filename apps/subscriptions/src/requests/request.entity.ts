import type {
  AgencyId,
  Continuation,
  DecisionStep,
  FieldPath,
  Level,
  Mask,
  OfferedDelta,
  Predicate,
  PrincipalId,
  RequestState,
  StreamName,
  Ulid,
} from '@citystreams/contracts';
import type { Basis, PersonStep, RequestCheck, RunningWait } from '@citystreams/domain';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** As JSON keeps them: instants in RFC 3339. */
export interface KeptSpan {
  from: string;
  to: string;
}
export interface KeptWait extends Omit<RunningWait, 'since' | 'ranBefore'> {
  since: string;
  ranBefore: KeptSpan[];
}

@Entity({ name: 'requests' })
@Index('requests_by_asking', ['asking', 'id'])
@Index('requests_by_owner', ['owner', 'id'])
@Index('requests_by_stream_and_state', ['stream', 'state'])
@Index('requests_by_wake', ['wakeAt'], { where: 'wake_at IS NOT NULL' })
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

  /** The step that decides now; while it is paused or its offer is out, the step that goes on afterwards. */
  @Column({ type: 'text', nullable: true })
  due!: PersonStep | null;

  /** Grows with every change: the ETag. */
  @Column({ type: 'int', default: 1 })
  revision!: number;

  @Column({ type: 'int', default: 0 })
  round!: number;

  @Column({ type: 'int', default: 0 })
  turn!: number;

  @Column({ name: 'reply_days', type: 'int', default: 0 })
  replyDays!: number;

  @Column({ type: 'jsonb', nullable: true })
  basis!: Basis | null;

  @Column({ type: 'jsonb', nullable: true })
  wait!: KeptWait | null;

  @Column({ type: 'jsonb', nullable: true })
  paused!: KeptWait | null;

  @Column({ type: 'jsonb', default: [] })
  pauses!: KeptSpan[];

  @Column({ type: 'jsonb', nullable: true })
  offer!: { by: PersonStep | 'ruling'; delta: OfferedDelta } | null;

  @Column({ type: 'boolean', default: false })
  disputed!: boolean;

  @Column({ type: 'jsonb', default: [] })
  checks!: RequestCheck[];

  /** The deciding side's condition, beside the requester's own. */
  @Column({ type: 'jsonb', nullable: true })
  restriction!: Predicate | null;

  @Column({ type: 'jsonb', nullable: true })
  continues!: Continuation | null;

  /** When its clock has next to be looked at; null: never, or not before more of the calendar is published. */
  @Column({ name: 'wake_at', type: 'timestamptz', nullable: true })
  wakeAt!: Date | null;

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
