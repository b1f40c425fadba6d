import type { RequestResource, Ulid } from '@citystreams/contracts';
import { type Caller, ProblemError } from '@citystreams/nest';
import { Injectable } from '@nestjs/common';
import { Brackets, DataSource, type EntityManager, In } from 'typeorm';
import type { Page, PageAsked } from '../paging.js';
import { DecisionEntity } from './decision.entity.js';
import { RequestEntity } from './request.entity.js';
import { resourceOf } from './request.resource.js';

const seesEveryRequest = (caller: Caller): boolean => caller.roles.some((role) => role === 'cdo' || role === 'auditor');

const seesRequest = (caller: Caller, row: RequestEntity): boolean =>
  row.asking === caller.agency || (row.owner === caller.agency && row.submittedAt !== null) || seesEveryRequest(caller);

@Injectable()
export class RequestStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Throws NOT_FOUND, the same for a request that is not there and for one that the caller may not know of. */
  async show(id: Ulid, caller: Caller): Promise<RequestResource> {
    const row = await this.dataSource.getRepository(RequestEntity).findOneBy({ id });
    if (row === null || !seesRequest(caller, row)) throw unknownRequest(id);
    return resourceOf(row, await this.decisions(this.dataSource.manager, [id]));
  }

  /** The row, locked until the transaction ends: of two who decide at once, the second sees what the first has done. */
  async lock(tx: EntityManager, id: Ulid, caller: Caller): Promise<RequestEntity> {
    const row = await tx.findOne(RequestEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
    if (row === null || !seesRequest(caller, row)) throw unknownRequest(id);
    return row;
  }

  decisions(db: EntityManager, requests: readonly string[]): Promise<DecisionEntity[]> {
    return db.find(DecisionEntity, { where: { request: In(requests) }, order: { id: 'ASC' } });
  }

  /** What the caller may see, newest first. */
  async page(caller: Caller, { after, limit }: PageAsked): Promise<Page<RequestResource>> {
    const query = this.dataSource.getRepository(RequestEntity).createQueryBuilder('r').orderBy('r.id', 'DESC');
    if (!seesEveryRequest(caller)) {
      query.andWhere(
        new Brackets((either) =>
          either
            .where('r.asking = :agency', { agency: caller.agency })
            .orWhere('(r.owner = :agency AND r.submitted_at IS NOT NULL)', { agency: caller.agency }),
        ),
      );
    }
    if (after !== undefined) query.andWhere('r.id < :after', { after });
    const found = await query.take(limit + 1).getMany();
    const shown = found.slice(0, limit);
    const decisions = await this.decisions(
      this.dataSource.manager,
      shown.map((r) => r.id),
    );
    return {
      items: shown.map((row) =>
        resourceOf(
          row,
          decisions.filter((d) => d.request === row.id),
        ),
      ),
      next: found.length > limit ? (shown.at(-1)?.id ?? null) : null,
    };
  }
}

const unknownRequest = (id: Ulid): ProblemError =>
  new ProblemError('NOT_FOUND', `there is no request ${id}`, { action: 'GET /api/requests lists what you may see' });
