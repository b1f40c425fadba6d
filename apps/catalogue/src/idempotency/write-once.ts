import { answerOnce, type Caller, type ControlWrite, type WriteAnswer, type WriteWork } from '@citystreams/nest';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { SchemaStore } from '../schemas/schema.store.js';

/** Runs a control write in the transaction of registrations, once for each `Idempotency-Key`. */
@Injectable()
export class WriteOnce {
  constructor(
    private readonly dataSource: DataSource,
    private readonly schemas: SchemaStore,
  ) {}

  /** Throws IDEMPOTENCY_KEY_REUSED for another body under a key that was used, and whatever `prepare` and its work throw. */
  run<T>(caller: Caller, write: ControlWrite, prepare: WriteWork<T>['prepare']): Promise<WriteAnswer<T>> {
    const transaction: WriteWork<T>['transaction'] = (work) => this.schemas.registering(work);
    return answerOnce(this.dataSource.manager, caller, write, { prepare, transaction });
  }
}
