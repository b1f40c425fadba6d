import type { Level, Ulid, ViewDefinition, ViewTopic } from '@citystreams/contracts';
import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';

/** Found by identity: who is granted the same definition receives the same view. */
@Entity({ name: 'views' })
@Unique('views_identity', ['identity'])
export class ViewEntity {
  @PrimaryColumn({ type: 'text' })
  id!: Ulid;

  @Column({ type: 'text' })
  topic!: ViewTopic;

  @Column({ type: 'text' })
  identity!: string;

  @Column({ type: 'jsonb' })
  definition!: ViewDefinition;

  /** Of the stream. */
  @Column({ type: 'text' })
  level!: Level;

  @Column({ type: 'int' })
  partitions!: number;

  @Column({ name: 'replay_from', type: 'timestamptz', nullable: true })
  replayFrom!: Date | null;

  /** Grows with every change of its holders. */
  @Column({ type: 'int' })
  generation!: number;
}
