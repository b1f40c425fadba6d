import type { Notice } from '@citystreams/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, LessThan } from 'typeorm';
import { ulid } from 'ulid';
import type { Announcement } from '../announcements/announcer.js';
import type { Page, PageAsked } from '../paging.js';
import { NoticeEntity } from './notice.entity.js';

/** Every notice is kept, so that an agency can look up what its control channel carried. */
@Injectable()
export class NoticeBook {
  constructor(private readonly dataSource: DataSource) {}

  /** Writes the notice down in the caller's transaction and returns what has to be announced with it. */
  async enter(tx: EntityManager, notice: Notice): Promise<Announcement> {
    await tx.insert(NoticeEntity, { id: ulid(), agency: notice.consumer, notice });
    return { kind: 'notice', message: notice };
  }

  async page(agency: string, { after, limit }: PageAsked): Promise<Page<Notice>> {
    const found = await this.dataSource.getRepository(NoticeEntity).find({
      where: { agency, ...(after !== undefined && { id: LessThan(after) }) },
      order: { id: 'DESC' },
      take: limit + 1,
    });
    const shown = found.slice(0, limit);
    return { items: shown.map((n) => n.notice), next: found.length > limit ? (shown.at(-1)?.id ?? null) : null };
  }
}
