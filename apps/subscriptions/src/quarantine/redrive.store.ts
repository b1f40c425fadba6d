import type { RedriveResource, Ulid } from '@citystreams/contracts';
import { ProblemError } from '@citystreams/nest';
import { Injectable } from '@nestjs/common';
import { DataSource, In, LessThan } from 'typeorm';
import type { Page, PageAsked } from '../paging.js';
import { RedriveEntity, RedriveOrderEntity } from './redrive.entity.js';

interface Counted {
  order: string;
  delivered: number;
  refused: number;
}

@Injectable()
export class RedriveStore {
  constructor(private readonly dataSource: DataSource) {}

  /** `owner`: of the streams that are shown; null: every stream. Throws NOT_FOUND. */
  async show(id: Ulid, owner: string | null): Promise<RedriveResource> {
    const redrives = this.dataSource.getRepository(RedriveEntity);
    const row = await redrives.findOneBy({ id, ...(owner !== null && { owner: owner as RedriveEntity['owner'] }) });
    const [resource] = row === null ? [] : await this.resources([row]);
    if (resource !== undefined) return resource;
    throw new ProblemError('NOT_FOUND', `there is no redrive ${id}`, {
      action: 'GET /api/quarantine/redrives lists what you may see',
    });
  }

  /** Newest first. */
  async page(owner: string | null, { after, limit }: PageAsked): Promise<Page<RedriveResource>> {
    const found = await this.dataSource.getRepository(RedriveEntity).find({
      where: {
        ...(owner !== null && { owner: owner as RedriveEntity['owner'] }),
        ...(after !== undefined && { id: LessThan(after) }),
      },
      order: { id: 'DESC' },
      take: limit + 1,
    });
    const shown = found.slice(0, limit);
    return { items: await this.resources(shown), next: found.length > limit ? (shown.at(-1)?.id ?? null) : null };
  }

  private async resources(rows: readonly RedriveEntity[]): Promise<RedriveResource[]> {
    const { manager } = this.dataSource;
    const orders = await manager.find(RedriveOrderEntity, {
      where: { redrive: In(rows.map(({ id }) => id)) },
      order: { partition: 'ASC', id: 'ASC' },
    });
    const running = orders.filter(({ doneAt }) => doneAt === null).map(({ id }) => id);
    const counted = await manager.query<Counted[]>(
      `SELECT redrive_order AS "order", count(*) FILTER (WHERE state = 'delivered')::int AS delivered,
              count(*) FILTER (WHERE state = 'refused')::int AS refused
         FROM quarantined_events WHERE redrive_order = ANY ($1) GROUP BY redrive_order`,
      [running],
    );
    return rows.map((row) =>
      resourceOf(
        row,
        orders.filter(({ redrive }) => redrive === row.id),
        counted,
      ),
    );
  }
}

/** What the router says at the end counts; until then, what it said of each event. */
function resourceOf(
  row: RedriveEntity,
  orders: readonly RedriveOrderEntity[],
  counted: readonly Counted[],
): RedriveResource {
  const partitions = orders.map(({ id, partition, from, to, events, doneAt, ...ended }) => {
    const sofar = counted.find(({ order }) => order === id);
    const delivered = ended.delivered ?? sofar?.delivered ?? 0;
    const refused = ended.refused ?? sofar?.refused ?? 0;
    const isDone = doneAt !== null;
    const gone = isDone ? Math.max(0, events - delivered - refused) : 0;
    return {
      partition,
      from,
      to,
      events,
      delivered,
      refused,
      gone,
      state: isDone ? ('done' as const) : ('ordered' as const),
    };
  });
  const sum = (of: 'events' | 'delivered' | 'refused' | 'gone'): number => partitions.reduce((n, p) => n + p[of], 0);
  const isDone = partitions.every(({ state }) => state === 'done');
  const lastDone = Math.max(0, ...orders.map(({ doneAt }) => doneAt?.getTime() ?? 0));
  return {
    id: row.id,
    stream: row.stream,
    reason: row.reason,
    requestedBy: row.requestedBy,
    requestedAt: row.requestedAt.toISOString(),
    state: isDone ? 'done' : 'ordered',
    doneAt: isDone ? new Date(lastDone).toISOString() : null,
    events: sum('events'),
    delivered: sum('delivered'),
    refused: sum('refused'),
    gone: sum('gone'),
    partitions,
  };
}
