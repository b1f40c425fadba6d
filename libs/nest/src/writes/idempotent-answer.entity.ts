import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** What a write with an `Idempotency-Key` was answered, kept as long as somebody may repeat it. */
@Entity({ name: 'idempotent_answers' })
export class IdempotentAnswerEntity {
  @PrimaryColumn({ type: 'text' })
  principal!: string;

  /** Method and path. */
  @PrimaryColumn({ type: 'text' })
  route!: string;

  @PrimaryColumn({ type: 'text' })
  key!: string;

  /** SHA-256 of the body, hex. */
  @Column({ type: 'text' })
  request!: string;

  @Column({ type: 'int' })
  status!: number;

  /** ETag and body as JSON text: in the order of members that was answered first. */
  @Column({ type: 'text' })
  answer!: string;

  @Index('idempotent_answers_by_age')
  @Column({ name: 'answered_at', type: 'timestamptz' })
  answeredAt!: Date;
}
