import type {
  ChangeStream,
  CreateStream,
  CreateStreamVersion,
  RetireStream,
  StreamName,
  StreamResource,
} from '@citystreams/contracts';
import { type Caller, type ControlWrite, etagOf, ProblemError, type WriteAnswer } from '@citystreams/nest';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { WriteOnce } from '../idempotency/write-once.js';
import type { StreamEntity } from './stream.entity.js';
import { StreamPresenter } from './stream.presenter.js';
import { StreamRegistration } from './stream.registration.js';
import { StreamStore } from './stream.store.js';

type Answer = WriteAnswer<StreamResource>;

/** Writes to streams as people ask for them: once for each key, and on the revision they have seen. */
@Injectable()
export class StreamControl {
  constructor(
    private readonly once: WriteOnce,
    private readonly registration: StreamRegistration,
    private readonly streams: StreamStore,
    private readonly presenter: StreamPresenter,
  ) {}

  create(caller: Caller, write: ControlWrite, body: CreateStream): Promise<Answer> {
    return this.once.run(caller, write, async () => {
      const contract = await this.registration.checkNew(body);
      return async (tx) => {
        const row = await this.registration.create(tx, body.manifest, contract, caller.principal);
        return this.answer(tx, caller, row, 201);
      };
    });
  }

  /** 201 with a new version; 200 when the stream has this contract already. */
  addVersion(caller: Caller, write: ControlWrite, stream: StreamName, body: CreateStreamVersion): Promise<Answer> {
    return this.once.run(caller, write, async () => {
      const contract = await this.registration.checkNext(stream, body.contract);
      return async (tx) => {
        const row = await this.current(tx, stream, write);
        const { added } = await this.registration.append(tx, row, contract, caller.principal);
        return this.answer(tx, caller, row, added ? 201 : 200);
      };
    });
  }

  change(caller: Caller, write: ControlWrite, stream: StreamName, body: ChangeStream): Promise<Answer> {
    return this.once.run(caller, write, async () => async (tx) => {
      const row = await this.current(tx, stream, write);
      await this.registration.change(tx, row, body);
      return this.answer(tx, caller, row, 200);
    });
  }

  retire(caller: Caller, write: ControlWrite, stream: StreamName, body: RetireStream): Promise<Answer> {
    return this.once.run(caller, write, async () => async (tx) => {
      const row = await this.current(tx, stream, write);
      await this.registration.retire(tx, row, body, caller.principal);
      return this.answer(tx, caller, row, 200);
    });
  }

  /** Throws STALE_ETAG where the caller has seen another revision. */
  private async current(tx: EntityManager, stream: StreamName, { seen }: ControlWrite): Promise<StreamEntity> {
    const row = await this.streams.row(stream, tx);
    if (row === null) throw new ProblemError('NOT_FOUND', `there is no stream ${stream}`);
    if (seen === null || seen.includes(row.revision)) return row;
    throw new ProblemError('STALE_ETAG', `${stream} has changed since you read it`, {
      action: 'read it again and decide anew',
      headers: { etag: etagOf(row.revision) },
    });
  }

  private async answer(tx: EntityManager, caller: Caller, row: StreamEntity, status: number): Promise<Answer> {
    return { status, etag: etagOf(row.revision), body: await this.presenter.written(row, caller, tx) };
  }
}
