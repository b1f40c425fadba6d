import type { Notice } from '@citystreams/contracts';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** What an agency was told on its control channel. */
@Entity({ name: 'notices' })
@Index('notices_by_agency', ['agency', 'id'])
export class NoticeEntity {
  @PrimaryColumn({ type: 'text' })
  id!: string;

  @Column({ type: 'text' })
  agency!: string;

  @Column({ type: 'jsonb' })
  notice!: Notice;
}
