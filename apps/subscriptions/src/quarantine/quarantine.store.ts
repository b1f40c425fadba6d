import {
  QUARANTINE_REASONS,
  QUARANTINED_EVENT_STATES,
  QuarantinedEventResource,
  StreamName,
  type Ulid,
} from '@citystreams/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import { z } from 'zod';
import type { Page } from '../paging.js';
import { QuarantinedEventEntity } from './quarantined-event.entity.js';
import { RedriveOrderEntity } from './redrive.entity.js';

/** Newest first. */
export const QuarantineAsked = z.object({
  stream: StreamName.optional(),
  partition: z.coerce.number().int().nonnegative().optional(),
  reason: z.enum(QUARANTINE_REASONS).optional(),
  state: z.enum(QUARANTINED_EVENT_STATES).optional(),
  after: z
    .string()
    .regex(/^\d{1,18}$/, 'the `next` of the page before')
    .optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});
export type QuarantineAsked = z.infer<typeof QuarantineAsked>;

@Injectable()
export class QuarantineStore {
  constructor(private readonly dataSource: DataSource) {}

  /** `owner`: of the streams that are shown; null: every stream. */
  async page(owner: string | null, asked: QuarantineAsked): Promise<Page<QuarantinedEventResource>> {
    const { after, limit, ...filters } = asked;
    const query = this.dataSource.getRepository(QuarantinedEventEntity).createQueryBuilder('e');
    query.orderBy('e.sequence', 'DESC').take(limit + 1);
    if (owner !== null) query.andWhere('e.owner = :owner', { owner });
    for (const [name, value] of Object.entries(filters)) {
      if (value !== undefined) query.andWhere(`e.${name} = :${name}`, { [name]: value });
    }
    if (after !== undefined) query.andWhere('e.sequence < :after', { after });
    const found = await query.getMany();
    const shown = found.slice(0, limit);
    return {
      items: await this.resources(shown),
      next: found.length > limit ? (shown.at(-1)?.sequence ?? null) : null,
    };
  }

  private async resources(rows: readonly QuarantinedEventEntity[]): Promise<QuarantinedEventResource[]> {
    const orders = [...new Set(rows.flatMap(({ redriveOrder }) => redriveOrder ?? []))];
    const found = await this.dataSource.getRepository(RedriveOrderEntity).findBy({ id: In(orders) });
    const redrives = new Map(found.map(({ id, redrive }) => [id, redrive]));
    return rows.map((row) =>
      resourceOf(row, row.redriveOrder === null ? null : (redrives.get(row.redriveOrder) ?? null)),
    );
  }
}

const resourceOf = (row: QuarantinedEventEntity, redrive: Ulid | null): QuarantinedEventResource => ({
  stream: row.stream,
  partition: row.partition,
  offset: row.offset,
  reason: row.reason,
  size: row.size,
  publishedAt: row.publishedAt.toISOString(),
  quarantinedAt: row.quarantinedAt.toISOString(),
  state: row.state,
  redrive,
});
