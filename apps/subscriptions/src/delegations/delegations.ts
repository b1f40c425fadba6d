import type { AgencyId, CreateDelegation, DelegationResource, Ulid } from '@citystreams/contracts';
import { type Caller, etagOf, ProblemError, type WriteAnswer } from '@citystreams/nest';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, IsNull, LessThan, MoreThan } from 'typeorm';
import { ulid } from 'ulid';
import { CityClock } from '../clock/city.clock.js';
import { actorOfCaller } from '../evidence/actors.js';
import { AuditTrail } from '../evidence/audit.trail.js';
import { City } from '../policy/city.js';
import type { Page, PageAsked } from '../paging.js';
import { DelegationEntity } from './delegation.entity.js';

/** Deciding roles in the hands of deputies. */
@Injectable()
export class Delegations {
  constructor(
    private readonly dataSource: DataSource,
    private readonly city: City,
    private readonly clock: CityClock,
    private readonly audit: AuditTrail,
  ) {}

  inForce(db: EntityManager, now: Date): Promise<DelegationEntity[]> {
    return db.find(DelegationEntity, { where: { until: MoreThan(now), endedAt: IsNull() }, order: { id: 'ASC' } });
  }

  /** Whether somebody acts for a CDO now: sees what the CDO sees. */
  async actsForCdo(db: EntityManager, account: string): Promise<boolean> {
    const where = { deputy: account, role: 'cdo' as const, until: MoreThan(this.clock.now()), endedAt: IsNull() };
    return (await db.countBy(DelegationEntity, where)) > 0;
  }

  /** Throws FORBIDDEN or VALIDATION_FAILED naming each problem. */
  async make(tx: EntityManager, body: CreateDelegation, caller: Caller): Promise<WriteAnswer<DelegationResource>> {
    const { role } = body;
    if (!caller.roles.includes(role)) {
      throw new ProblemError('FORBIDDEN', `you are no ${role}: a person delegates a role of their own`);
    }
    const now = this.clock.now();
    const deputy = this.city.personCalled(body.deputy);
    const until = new Date(body.until);
    const problems = [
      ...(deputy === null
        ? [{ field: '$.deputy', message: `no person of the city has the account "${body.deputy}"` }]
        : []),
      ...(body.deputy === caller.principal ? [{ field: '$.deputy', message: 'a deputy is somebody else' }] : []),
      ...(deputy !== null && role !== 'cdo' && deputy.agency !== caller.agency
        ? [{ field: '$.deputy', message: `a deputy of this role is of ${caller.agency}` }]
        : []),
      ...(until > now ? [] : [{ field: '$.until', message: 'expected a time to come' }]),
    ];
    if (deputy === null || problems.length > 0) {
      throw new ProblemError('VALIDATION_FAILED', 'the delegation cannot be made', { problems });
    }
    const row: DelegationEntity = {
      id: ulid(now.getTime()) as Ulid,
      role,
      person: caller.principal,
      agency: caller.agency as AgencyId,
      deputy: body.deputy,
      deputyAgency: deputy.agency,
      until,
      createdAt: now,
      endedAt: null,
    };
    await tx.insert(DelegationEntity, row);
    await this.record(tx, row, 'delegation.made', caller, now);
    return { status: 201, etag: etagOf(1), body: this.resourceOf(row, now) };
  }

  /** Takes it back before its time: whoever gave it. Throws NOT_FOUND or FORBIDDEN. */
  async end(tx: EntityManager, id: Ulid, caller: Caller): Promise<WriteAnswer<DelegationResource>> {
    const row = await tx.findOne(DelegationEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
    if (row === null || !this.sees(row, caller)) throw unknown(id);
    if (row.person !== caller.principal) {
      throw new ProblemError('FORBIDDEN', `only ${row.person} takes this delegation back`);
    }
    const now = this.clock.now();
    if (row.endedAt === null && row.until > now) {
      row.endedAt = now;
      await tx.save(DelegationEntity, row);
      await this.record(tx, row, 'delegation.ended', caller, now);
    }
    return { status: 200, etag: etagOf(2), body: this.resourceOf(row, now) };
  }

  /** Newest first: of the caller's agency, or that name the caller; all of them for the CDO and the auditor. */
  async page(caller: Caller, { after, limit }: PageAsked): Promise<Page<DelegationResource>> {
    const page = after === undefined ? {} : { id: LessThan(after) };
    const all = caller.roles.some((role) => role === 'cdo' || role === 'auditor');
    const found = await this.dataSource.getRepository(DelegationEntity).find({
      where: all
        ? page
        : [
            { ...page, agency: caller.agency as AgencyId },
            { ...page, deputy: caller.principal },
          ],
      order: { id: 'DESC' },
      take: limit + 1,
    });
    const shown = found.slice(0, limit);
    const now = this.clock.now();
    return {
      items: shown.map((row) => this.resourceOf(row, now)),
      next: found.length > limit ? (shown.at(-1)?.id ?? null) : null,
    };
  }

  private sees(row: DelegationEntity, caller: Caller): boolean {
    if (row.agency === caller.agency || row.deputy === caller.principal) return true;
    return caller.roles.some((role) => role === 'cdo' || role === 'auditor');
  }

  private record(
    tx: EntityManager,
    row: DelegationEntity,
    action: 'delegation.made' | 'delegation.ended',
    caller: Caller,
    at: Date,
  ): Promise<void> {
    const { id, role, agency, deputyAgency, until, deputy } = row;
    return this.audit.append(tx, [
      {
        actor: actorOfCaller(caller, role),
        action,
        object: { kind: 'delegation', id },
        outcome: action === 'delegation.made' ? 'made' : 'ended',
        reasonCode: null,
        after: { role, agency, deputyAgency, until: until.toISOString() },
        texts: { deputy },
        request: null,
        at,
      },
    ]);
  }

  private resourceOf(row: DelegationEntity, now: Date): DelegationResource {
    return {
      id: row.id,
      role: row.role,
      person: row.person,
      agency: row.agency,
      deputy: {
        account: row.deputy,
        name: this.city.personCalled(row.deputy)?.name ?? row.deputy,
        agency: row.deputyAgency,
      },
      until: row.until.toISOString(),
      createdAt: row.createdAt.toISOString(),
      endedAt: row.endedAt?.toISOString() ?? null,
      inForce: row.endedAt === null && row.until > now,
    };
  }
}

const unknown = (id: Ulid): ProblemError => new ProblemError('NOT_FOUND', `there is no delegation ${id}`);
