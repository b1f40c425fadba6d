import { answerOnce, type Caller, type ControlWrite, type WriteAnswer } from '@citystreams/nest';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

/** Runs a control write in a transaction, once for each `Idempotency-Key`. */
@Injectable()
export class WriteOnce {
  constructor(private readonly dataSource: DataSource) {}

  /** Throws IDEMPOTENCY_KEY_REUSED for another body under a key that was used, and whatever the work throws. */
  run<T>(
    caller: Caller,
    write: ControlWrite,
    work: (tx: EntityManager) => Promise<WriteAnswer<T>>,
  ): Promise<WriteAnswer<T>> {
    return answerOnce(this.dataSource.manager, caller, write, {
      prepare: () => Promise.resolve(work),
      transaction: (all) => this.dataSource.transaction(all),
    });
  }
}
