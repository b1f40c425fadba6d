import { type Caller, ProblemError } from '@citystreams/nest';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, LessThan } from 'typeorm';
import { SchemaStore } from '../schemas/schema.store.js';
import type { ControlWrite } from './control-write.js';
import { IdempotentAnswerEntity } from './idempotent-answer.entity.js';

/** What a write came to, as it is told to whoever asks for the same again. */
export interface WriteAnswer<T> {
  status: number;
  etag: string;
  body: T;
}

const KEPT_MS = 24 * 3_600_000;

/**
 * Runs a control write in the transaction of registrations. With an `Idempotency-Key` its answer is committed with it, so
 * that the same request, also after a crash between commit and answer, changes nothing and gets the same answer for a
 * day. A request that was refused is not kept: asked again, it is judged again.
 */
@Injectable()
export class WriteOnce {
  constructor(
    private readonly dataSource: DataSource,
    private readonly schemas: SchemaStore,
  ) {}

  /**
   * Throws IDEMPOTENCY_KEY_REUSED for another body under a key that was used, and whatever `prepare` and its work throw.
   *
   * @param prepare what can be done before it is this write's turn; not called when the answer is known
   */
  async run<T>(
    caller: Caller,
    { once }: ControlWrite,
    prepare: () => Promise<(tx: EntityManager) => Promise<WriteAnswer<T>>>,
  ): Promise<WriteAnswer<T>> {
    if (once === null) return this.schemas.registering(await prepare());
    const id = { principal: caller.principal, route: once.route, key: once.key };
    const known = await this.known<T>(this.dataSource.manager, id, once.request);
    if (known !== null) return known;
    const work = await prepare();
    return this.schemas.registering(async (tx) => {
      // Somebody with the same key may have been before us in the queue.
      const meanwhile = await this.known<T>(tx, id, once.request);
      if (meanwhile !== null) return meanwhile;
      const answer = await work(tx);
      const now = new Date();
      await tx.delete(IdempotentAnswerEntity, { answeredAt: LessThan(new Date(now.getTime() - KEPT_MS)) });
      const { status, etag, body } = answer;
      await tx.insert(IdempotentAnswerEntity, {
        ...id,
        request: once.request,
        status,
        answer: JSON.stringify({ etag, body }),
        answeredAt: now,
      });
      return answer;
    });
  }

  private async known<T>(
    db: EntityManager,
    id: { principal: string; route: string; key: string },
    request: string,
  ): Promise<WriteAnswer<T> | null> {
    const row = await db.findOneBy(IdempotentAnswerEntity, id);
    if (row === null || row.answeredAt.getTime() < Date.now() - KEPT_MS) return null;
    if (row.request === request)
      return { status: row.status, ...(JSON.parse(row.answer) as { etag: string; body: T }) };
    throw new ProblemError('IDEMPOTENCY_KEY_REUSED', 'this Idempotency-Key was used with another body', {
      action: 'take a new key for a new request',
      problems: [{ field: 'idempotency-key', message: 'used before with another body' }],
    });
  }
}
