import type { ReminderKind, Ulid } from '@citystreams/contracts';
import type { WaitingFor } from '@citystreams/domain';
import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { RequestEntity } from './request.entity.js';

/** A message that a person is owed, written in the transaction of what it is about; sending it is somebody else's. */
@Entity({ name: 'reminders' })
@Unique('reminders_once', ['request', 'turn', 'kind', 'person'])
@Index('reminders_by_person', ['person', 'id'])
export class ReminderEntity {
  @PrimaryColumn({ type: 'text' })
  id!: string;

  /** Account. */
  @Column({ type: 'text' })
  person!: string;

  @Column({ type: 'text' })
  kind!: ReminderKind;

  @ForeignKey(() => RequestEntity, { name: 'reminders_request_exists' })
  @Column({ type: 'text' })
  request!: Ulid;

  /** Whom the request waits for; null: nobody any more. */
  @Column({ type: 'text', nullable: true })
  step!: WaitingFor | null;

  /** Which of the request's waits. */
  @Column({ type: 'int' })
  turn!: number;

  /** The end of the wait, as far as it is known. */
  @Column({ type: 'timestamptz', nullable: true })
  due!: Date | null;

  @Column({ name: 'fired_at', type: 'timestamptz' })
  firedAt!: Date;
}
