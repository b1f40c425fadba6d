import type { AgencyId, QuarantinedEventState, QuarantineReason, StreamName, Ulid } from '@citystreams/contracts';
import { Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

/** A record that is no event of its stream, as routers told of it. Nothing of what it holds. */
@Entity({ name: 'quarantined_events' })
@Unique('quarantined_events_sequence', ['sequence'])
@Index('quarantined_events_by_owner', ['owner', 'sequence'])
@Index('quarantined_events_by_stream', ['stream', 'sequence'])
export class QuarantinedEventEntity {
  @PrimaryColumn({ type: 'text' })
  stream!: StreamName;

  @PrimaryColumn({ type: 'int' })
  partition!: number;

  /** In the source; decimal text. */
  @PrimaryColumn({ name: 'source_offset', type: 'bigint' })
  offset!: string;

  @Column({ type: 'text' })
  owner!: AgencyId;

  /** Offset of the message that told of it: the order in which events were quarantined. */
  @Column({ type: 'bigint' })
  sequence!: string;

  @Column({ type: 'text' })
  reason!: QuarantineReason;

  @Column({ type: 'int' })
  size!: number;

  @Column({ name: 'published_at', type: 'timestamptz' })
  publishedAt!: Date;

  @Index('quarantined_events_by_age')
  @Column({ name: 'quarantined_at', type: 'timestamptz' })
  quarantinedAt!: Date;

  @Column({ type: 'text' })
  state!: QuarantinedEventState;

  /** The last order that it belongs to. */
  @Index('quarantined_events_by_order')
  @Column({ name: 'redrive_order', type: 'text', nullable: true })
  redriveOrder!: Ulid | null;
}

/** How far the topic that tells of the quarantine was read into these tables. */
@Entity({ name: 'quarantine_reading' })
export class QuarantineReadingEntity {
  @PrimaryColumn({ type: 'text' })
  topic!: string;

  /** Of the topic that the offset belongs to. */
  @Column({ name: 'topic_id', type: 'text' })
  topicId!: string;

  @Column({ name: 'next_offset', type: 'bigint' })
  nextOffset!: string;
}
