import type { RequestResource, RequestState, StreamName, Ulid } from '@citystreams/contracts';
import { type Caller, etagOf, ProblemError } from '@citystreams/nest';
import { Injectable } from '@nestjs/common';
import { Brackets, DataSource, type EntityManager, In } from 'typeorm';
import { CityClock } from '../clock/city.clock.js';
import { Delegations } from '../delegations/delegations.js';
import type { Page, PageAsked } from '../paging.js';
import { DecisionEntity } from './decision.entity.js';
import { RequestEntity } from './request.entity.js';
import { RequestPresenter } from './request.presenter.js';

export interface RequestsAsked extends PageAsked {
  state?: RequestState | undefined;
  stream?: StreamName | undefined;
}

@Injectable()
export class RequestStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly presenter: RequestPresenter,
    private readonly delegations: Delegations,
    private readonly clock: CityClock,
  ) {}

  /** Throws NOT_FOUND, the same for a request that is not there and for one that the caller may not know of. */
  async show(id: Ulid, caller: Caller): Promise<{ etag: string; body: RequestResource }> {
    const db = this.dataSource.manager;
    const row = await db.findOneBy(RequestEntity, { id });
    if (row === null || !(await this.sees(db, caller, row))) throw unknownRequest(id);
    return { etag: etagOf(row.revision), body: await this.presenter.full(db, row, this.clock.now()) };
  }

  /** The row, locked until the transaction ends: of two who decide at once, the second sees what the first has done. */
  async lock(tx: EntityManager, id: Ulid, caller: Caller): Promise<RequestEntity> {
    const row = await this.lockAny(tx, id);
    if (!(await this.sees(tx, caller, row))) throw unknownRequest(id);
    return row;
  }

  /** For the service's own moves. */
  async lockAny(tx: EntityManager, id: Ulid): Promise<RequestEntity> {
    const row = await tx.findOne(RequestEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
    if (row === null) throw unknownRequest(id);
    return row;
  }

  /** In the order in which they were made. */
  decisions(db: EntityManager, requests: readonly string[]): Promise<DecisionEntity[]> {
    return db.find(DecisionEntity, { where: { request: In(requests) }, order: { id: 'ASC' } });
  }

  /** What the caller may see, newest first. */
  async page(caller: Caller, { after, limit, state, stream }: RequestsAsked): Promise<Page<RequestResource>> {
    const db = this.dataSource.manager;
    const query = db.createQueryBuilder(RequestEntity, 'r').orderBy('r.id', 'DESC');
    if (!(await this.seesEvery(db, caller))) {
      query.andWhere(
        new Brackets((either) =>
          either
            .where('r.asking = :agency', { agency: caller.agency })
            .orWhere('(r.owner = :agency AND r.submitted_at IS NOT NULL)', { agency: caller.agency }),
        ),
      );
    }
    if (state !== undefined) query.andWhere('r.state = :state', { state });
    if (stream !== undefined) query.andWhere('r.stream = :stream', { stream });
    if (after !== undefined) query.andWhere('r.id < :after', { after });
    const found = await query.take(limit + 1).getMany();
    const shown = found.slice(0, limit);
    return {
      items: await this.presenter.many(db, shown, this.clock.now()),
      next: found.length > limit ? (shown.at(-1)?.id ?? null) : null,
    };
  }

  private async sees(db: EntityManager, caller: Caller, row: RequestEntity): Promise<boolean> {
    if (row.asking === caller.agency || (row.owner === caller.agency && row.submittedAt !== null)) return true;
    return this.seesEvery(db, caller);
  }

  /** The CDO, whoever acts for the CDO now, and the auditor. */
  private async seesEvery(db: EntityManager, { roles, principal }: Caller): Promise<boolean> {
    return roles.some((role) => role === 'cdo' || role === 'auditor') || this.delegations.actsForCdo(db, principal);
  }
}

const unknownRequest = (id: Ulid): ProblemError =>
  new ProblemError('NOT_FOUND', `there is no request ${id}`, { action: 'GET /api/requests lists what you may see' });
