import type { EntitlementResource, ReceiptResource, Ulid } from '@citystreams/contracts';
import { type Caller, ProblemError } from '@citystreams/nest';
import { Injectable } from '@nestjs/common';
import { Brackets, DataSource, type EntityManager, In } from 'typeorm';
import type { Page, PageAsked } from '../paging.js';
import { EntitlementEntity } from './entitlement.entity.js';
import { receiptOf, resourceOf } from './entitlement.resource.js';
import { PlaneEntity } from './plane.entity.js';
import { ReceiptEntity } from './receipt.entity.js';
import { ViewEntity } from './view.entity.js';

const seesEveryEntitlement = (caller: Caller): boolean =>
  caller.roles.some((role) => role === 'cdo' || role === 'auditor' || role === 'platform');

const seesEntitlement = (caller: Caller, row: EntitlementEntity): boolean =>
  row.owner === caller.agency || row.consumer === caller.agency || seesEveryEntitlement(caller);

/** Who consumes what is visible to the parties, the platform team, the CDO and the auditor. */
@Injectable()
export class EntitlementStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Throws NOT_FOUND, the same for what is not there and for what the caller may not know of. */
  async show(id: Ulid, caller: Caller): Promise<EntitlementResource> {
    const [resource] = await this.resources([await this.visible(id, caller)]);
    if (resource === undefined) throw unknownEntitlement(id);
    return resource;
  }

  async lock(tx: EntityManager, id: Ulid, caller: Caller): Promise<EntitlementEntity> {
    const row = await tx.findOne(EntitlementEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
    if (row === null || !seesEntitlement(caller, row)) throw unknownEntitlement(id);
    return row;
  }

  async page(caller: Caller, { after, limit }: PageAsked): Promise<Page<EntitlementResource>> {
    const query = this.dataSource.getRepository(EntitlementEntity).createQueryBuilder('e').orderBy('e.id', 'DESC');
    if (!seesEveryEntitlement(caller)) {
      const { agency } = caller;
      query.andWhere(
        new Brackets((e) => e.where('e.owner = :agency', { agency }).orWhere('e.consumer = :agency', { agency })),
      );
    }
    if (after !== undefined) query.andWhere('e.id < :after', { after });
    const found = await query.take(limit + 1).getMany();
    const shown = found.slice(0, limit);
    return { items: await this.resources(shown), next: found.length > limit ? (shown.at(-1)?.id ?? null) : null };
  }

  /** Newest first. */
  async receipts(id: Ulid, caller: Caller): Promise<ReceiptResource[]> {
    await this.visible(id, caller);
    const rows = await this.dataSource
      .getRepository(ReceiptEntity)
      .find({ where: { entitlement: id }, order: { id: 'DESC' }, take: 200 });
    return rows.map(receiptOf);
  }

  private async visible(id: Ulid, caller: Caller): Promise<EntitlementEntity> {
    const row = await this.dataSource.getRepository(EntitlementEntity).findOneBy({ id });
    if (row === null || !seesEntitlement(caller, row)) throw unknownEntitlement(id);
    return row;
  }

  private async resources(rows: readonly EntitlementEntity[]): Promise<EntitlementResource[]> {
    const { manager } = this.dataSource;
    const views = await manager.findBy(ViewEntity, { id: In(rows.map((r) => r.view)) });
    const planes = await manager.findBy(PlaneEntity, { entitlement: In(rows.map((r) => r.id)) });
    return rows.flatMap((row) => {
      const view = views.find((v) => v.id === row.view);
      return view === undefined
        ? []
        : [
            resourceOf(
              row,
              view,
              planes.filter((p) => p.entitlement === row.id),
            ),
          ];
    });
  }
}

const unknownEntitlement = (id: Ulid): ProblemError =>
  new ProblemError('NOT_FOUND', `there is no entitlement ${id}`, {
    action: 'GET /api/entitlements lists what you may see',
  });
