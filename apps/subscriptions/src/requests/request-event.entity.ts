import type { RequestEvent, RequestState, Ulid } from '@citystreams/contracts';
import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { RequestEntity } from './request.entity.js';

/** One line of a request's history; read back in the order of the ids. The service's role can add lines, never change one. */
@Entity({ name: 'request_events' })
@Index('request_events_by_request', ['request', 'id'])
export class RequestEventEntity {
  @PrimaryColumn({ type: 'text' })
  id!: string;

  @ForeignKey(() => RequestEntity, { name: 'request_events_request_exists' })
  @Column({ type: 'text' })
  request!: Ulid;

  @Column({ type: 'text' })
  event!: RequestEvent;

  @Column({ name: 'from_state', type: 'text' })
  from!: RequestState;

  @Column({ name: 'to_state', type: 'text' })
  to!: RequestState;

  /** null: a rule, the clock or a change of the contract. */
  @Column({ type: 'text', nullable: true })
  by!: string | null;

  @Column({ type: 'text', nullable: true })
  text!: string | null;

  @Column({ type: 'int', nullable: true })
  turn!: number | null;

  @Column({ type: 'timestamptz' })
  at!: Date;
}
