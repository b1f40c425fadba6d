import type { AgencyId, QuarantineReason, StreamName, Ulid } from '@citystreams/contracts';
import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** What a steward asked to be looked at again. */
@Entity({ name: 'redrives' })
@Index('redrives_by_owner', ['owner', 'id'])
export class RedriveEntity {
  @PrimaryColumn({ type: 'text' })
  id!: Ulid;

  @Column({ type: 'text' })
  stream!: StreamName;

  @Column({ type: 'text' })
  owner!: AgencyId;

  @Column({ type: 'text', nullable: true })
  reason!: QuarantineReason | null;

  @Column({ name: 'requested_by', type: 'text' })
  requestedBy!: string;

  @Column({ name: 'requested_at', type: 'timestamptz' })
  requestedAt!: Date;
}

/** One order to the router: a redrive has one for each partition, or several where much of a range is left out. */
@Entity({ name: 'redrive_orders' })
export class RedriveOrderEntity {
  @PrimaryColumn({ type: 'text' })
  id!: Ulid;

  @Index('redrive_orders_by_redrive')
  @ForeignKey(() => RedriveEntity, { name: 'redrive_orders_redrive_exists' })
  @Column({ type: 'text' })
  redrive!: Ulid;

  @Column({ type: 'int' })
  partition!: number;

  @Column({ name: 'from_offset', type: 'bigint' })
  from!: string;

  @Column({ name: 'to_offset', type: 'bigint' })
  to!: string;

  @Column({ name: 'except_offsets', type: 'bigint', array: true })
  except!: string[];

  /** How many it is for. */
  @Column({ type: 'int' })
  events!: number;

  /** What the router says it came to; null until it is done. */
  @Column({ type: 'int', nullable: true })
  delivered!: number | null;

  @Column({ type: 'int', nullable: true })
  refused!: number | null;

  @Column({ name: 'done_at', type: 'timestamptz', nullable: true })
  doneAt!: Date | null;
}
