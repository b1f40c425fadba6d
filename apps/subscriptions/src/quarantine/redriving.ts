import {
  type AgencyId,
  type RedriveResource,
  type RedriveWish,
  type RouterOrder,
  type StreamName,
  type Ulid,
} from '@citystreams/contracts';
import { type Caller, ProblemError } from '@citystreams/nest';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { monotonicFactory } from 'ulid';
import { Announcer } from '../announcements/announcer.js';
import { type RedriveRange, splitRange } from './redrive.plan.js';
import { RedriveEntity, RedriveOrderEntity } from './redrive.entity.js';
import { RedriveStore } from './redrive.store.js';

const nextId = monotonicFactory();

/** What a wish is about, as a condition on `quarantined_events`. */
const WISHED = `stream = $1 AND ($2::int IS NULL OR partition = $2) AND ($3::bigint IS NULL OR source_offset >= $3)
   AND ($4::bigint IS NULL OR source_offset <= $4) AND ($5::text IS NULL OR reason = $5)`;
/** Nobody has delivered it, and nobody is about to. */
const OPEN = `state IN ('quarantined', 'refused')`;

interface OpenRange {
  partition: number;
  first: string;
  last: string;
}

/**
 * Orders the router to look again at quarantined events. An event is in the hands of one order at a time, and one that
 * was delivered is in no order again: so the views get it once, whoever asks how often.
 */
@Injectable()
export class Redriving {
  constructor(
    private readonly dataSource: DataSource,
    private readonly announcer: Announcer,
    private readonly redrives: RedriveStore,
  ) {}

  /** Throws STATE_CONFLICT when nothing of it is to be looked at. The caller may: that was looked at before. */
  async order(wish: RedriveWish, owner: AgencyId, caller: Caller): Promise<RedriveResource> {
    const id = await this.dataSource.transaction(async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`redrive of ${wish.stream}`]);
      const values = valuesOf(wish);
      const open = await tx.query<OpenRange[]>(
        `SELECT partition, min(source_offset)::text AS first, max(source_offset)::text AS last
           FROM quarantined_events WHERE ${WISHED} AND ${OPEN} GROUP BY partition ORDER BY partition`,
        values,
      );
      if (open.length === 0) throw await this.nothingToDo(tx, wish);
      const redrive = { id: nextId() as Ulid, stream: wish.stream, owner, reason: wish.reason ?? null };
      const now = new Date();
      await tx.insert(RedriveEntity, { ...redrive, requestedBy: caller.principal, requestedAt: now });
      const orders: RedriveOrderEntity[] = [];
      for (const range of open) {
        for (const part of splitRange(await this.range(tx, wish, range))) {
          orders.push(await this.enter(tx, wish, part, redrive.id));
        }
      }
      const by = { requestedBy: caller.principal, at: now.toISOString() };
      await this.announcer.announce(
        tx,
        orders
          .filter(({ events }) => events > 0)
          .map((order) => ({ kind: 'router-order', message: messageOf(order, wish, by) })),
      );
      return redrive.id;
    });
    return this.redrives.show(id, owner);
  }

  private async range(
    tx: EntityManager,
    wish: RedriveWish,
    { partition, first, last }: OpenRange,
  ): Promise<RedriveRange> {
    const rows = await tx.query<{ offset: string }[]>(
      `SELECT source_offset::text AS offset FROM quarantined_events
        WHERE ${WISHED} AND NOT ${OPEN} ORDER BY source_offset`,
      valuesOf({ ...wish, partition, from: first, to: last }),
    );
    return { partition, from: BigInt(first), to: BigInt(last), except: rows.map(({ offset }) => BigInt(offset)) };
  }

  private async enter(
    tx: EntityManager,
    wish: RedriveWish,
    part: RedriveRange,
    redrive: Ulid,
  ): Promise<RedriveOrderEntity> {
    const { partition } = part;
    const [from, to] = [String(part.from), String(part.to)];
    const id = nextId() as Ulid;
    const [, events] = await tx.query<[unknown, number]>(
      `UPDATE quarantined_events SET state = 'ordered', redrive_order = $6 WHERE ${WISHED} AND ${OPEN}`,
      [...valuesOf({ ...wish, partition, from, to }), id],
    );
    const order = { id, redrive, partition, from, to, except: part.except.map(String), events };
    const entity: RedriveOrderEntity = { ...order, delivered: null, refused: null, doneAt: null };
    if (events > 0) await tx.insert(RedriveOrderEntity, entity);
    return entity;
  }

  private async nothingToDo(tx: EntityManager, wish: RedriveWish): Promise<ProblemError> {
    const states = await tx.query<{ state: string; count: string }[]>(
      `SELECT state, count(*)::text AS count FROM quarantined_events WHERE ${WISHED} GROUP BY state ORDER BY state`,
      valuesOf(wish),
    );
    const detail =
      states.length === 0
        ? `nothing of ${wish.stream} that was asked for is in quarantine`
        : `nothing of it is left to be looked at: ${states.map(({ state, count }) => `${count} ${state}`).join(', ')}`;
    return new ProblemError('STATE_CONFLICT', detail, { action: 'GET /api/quarantine shows what there is' });
  }
}

const valuesOf = ({ stream, partition, from, to, reason }: RedriveWish): unknown[] => [
  stream,
  partition ?? null,
  from ?? null,
  to ?? null,
  reason ?? null,
];

function messageOf(
  { id, partition, from, to, except }: RedriveOrderEntity,
  { stream, reason }: { stream: StreamName; reason?: RedriveWish['reason'] },
  by: { requestedBy: string; at: string },
): RouterOrder {
  const also = { ...(reason !== undefined && { reason }), ...(except.length > 0 && { except }) };
  return { format: 1, kind: 'redrive', order: id, stream, partition, from, to, ...also, ...by };
}
