import {
  type AgencyId,
  DAY_MS,
  type PrincipalId,
  type StreamMessage,
  type StreamName,
  type StreamResource,
  subjectOf,
} from '@citystreams/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In } from 'typeorm';
import { SchemaStore } from '../schemas/schema.store.js';
import { StreamEntity, StreamVersionEntity } from './stream.entity.js';

export interface StreamPage {
  /** Null: whichever. */
  agency: string | null;
  /** Sees hidden streams of this agency; `all`: of everyone. */
  hiddenOf: string | 'all';
  /** Names after this one. */
  after: string;
  limit: number;
}

/** What is known of streams. Decides nothing about who may see one. */
@Injectable()
export class StreamStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly schemas: SchemaStore,
  ) {}

  async row(stream: StreamName, db: EntityManager = this.dataSource.manager): Promise<StreamEntity | null> {
    return db.findOneBy(StreamEntity, { stream });
  }

  async resource(row: StreamEntity, db: EntityManager = this.dataSource.manager): Promise<StreamResource> {
    const versions = await db.find(StreamVersionEntity, {
      where: { stream: row.stream },
      order: { version: 'ASC' },
    });
    return resourceOf(row, versions);
  }

  /** By name, one page. */
  async page(page: StreamPage): Promise<StreamResource[]> {
    const query = this.dataSource.manager
      .createQueryBuilder(StreamEntity, 's')
      .where('s.stream > :after', { after: page.after })
      .orderBy('s.stream')
      .limit(page.limit);
    if (page.agency !== null) query.andWhere('s.owner = :agency', { agency: page.agency });
    if (page.hiddenOf !== 'all') {
      query.andWhere("(s.visibility = 'listed' OR s.owner = :own)", { own: page.hiddenOf });
    }
    const rows = await query.getMany();
    const versions = await this.dataSource.manager.find(StreamVersionEntity, {
      where: { stream: In(rows.map((row) => row.stream)) },
      order: { version: 'ASC' },
    });
    const of = Map.groupBy(versions, (version) => version.stream);
    return rows.map((row) => resourceOf(row, of.get(row.stream) ?? []));
  }

  /** The stream as every other service learns it, with each version's schema text. */
  async message(row: StreamEntity, db: EntityManager): Promise<StreamMessage> {
    const stream = row.stream as StreamName;
    const versions = await db.findBy(StreamVersionEntity, { stream });
    const fields = new Map(versions.map((version) => [version.version, version.fields]));
    const schemas = await this.schemas.versions(subjectOf(stream), db);
    return {
      format: 1,
      kind: 'stream',
      stream,
      owner: row.owner as AgencyId,
      level: row.level,
      sharing: row.sharing,
      visibility: row.visibility,
      key: row.key,
      time: row.time,
      retentionMs: row.retentionDays * DAY_MS,
      partitions: row.partitions,
      publishers: row.publishers as PrincipalId[],
      versions: schemas.map(({ version, id, text }) => ({
        version,
        schemaId: id,
        schema: text,
        fields: fields.get(version) ?? [],
      })),
    };
  }
}

function resourceOf(row: StreamEntity, versions: readonly StreamVersionEntity[]): StreamResource {
  return {
    stream: row.stream as StreamName,
    owner: row.owner as AgencyId,
    title: row.title,
    sharing: row.sharing,
    visibility: row.visibility,
    level: row.level,
    key: row.key,
    retentionDays: row.retentionDays,
    partitions: row.partitions,
    contact: row.contact,
    publishers: row.publishers as PrincipalId[],
    fields: versions.at(-1)?.fields ?? [],
    versions: versions.map(({ version, schemaId, registeredAt }) => ({
      version,
      schemaId,
      registeredAt: registeredAt.toISOString(),
    })),
  };
}
