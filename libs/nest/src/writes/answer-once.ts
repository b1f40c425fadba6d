import { type EntityManager, LessThan } from 'typeorm';
import type { Caller } from '../auth/caller.js';
import { ProblemError } from '../problems/problem-error.js';
import type { ControlWrite } from './control-write.js';
import { IdempotentAnswerEntity } from './idempotent-answer.entity.js';

/** What a write came to, as it is told to whoever asks for the same again. */
export interface WriteAnswer<T> {
  status: number;
  etag: string;
  body: T;
}

export interface WriteWork<T> {
  /** What can be done before the transaction; not called when the answer is known. */
  prepare(): Promise<(tx: EntityManager) => Promise<WriteAnswer<T>>>;
  /** Runs the work, and what is kept of its answer, in one transaction. */
  transaction(work: (tx: EntityManager) => Promise<WriteAnswer<T>>): Promise<WriteAnswer<T>>;
}

const KEPT_MS = 24 * 3_600_000;

/**
 * Runs a control write. With an `Idempotency-Key` its answer is committed with it, in the service's own table of
 * `IdempotentAnswerEntity`, so that the same request, also after a crash between commit and answer, changes nothing and
 * gets the same answer for a day. A request that was refused is not kept: asked again, it is judged again.
 *
 * Throws IDEMPOTENCY_KEY_REUSED for another body under a key that was used, and whatever the work throws.
 */
export async function answerOnce<T>(
  db: EntityManager,
  caller: Caller,
  { once }: ControlWrite,
  { prepare, transaction }: WriteWork<T>,
): Promise<WriteAnswer<T>> {
  if (once === null) return transaction(await prepare());
  const id = { principal: caller.principal, route: once.route, key: once.key };
  const known = await knownAnswer<T>(db, id, once.request);
  if (known !== null) return known;
  const work = await prepare();
  return transaction(async (tx) => {
    // Of two with the same key at once, the second waits here until the first has committed, and finds its answer.
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [JSON.stringify(id)]);
    const meanwhile = await knownAnswer<T>(tx, id, once.request);
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

async function knownAnswer<T>(
  db: EntityManager,
  id: { principal: string; route: string; key: string },
  request: string,
): Promise<WriteAnswer<T> | null> {
  const row = await db.findOneBy(IdempotentAnswerEntity, id);
  if (row === null || row.answeredAt.getTime() < Date.now() - KEPT_MS) return null;
  if (row.request === request) return { status: row.status, ...(JSON.parse(row.answer) as { etag: string; body: T }) };
  throw new ProblemError('IDEMPOTENCY_KEY_REUSED', 'this Idempotency-Key was used with another body', {
    action: 'take a new key for a new request',
    problems: [{ field: 'idempotency-key', message: 'used before with another body' }],
  });
}
