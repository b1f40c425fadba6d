import { parseContract } from '@citystreams/avro';
import {
  type AgencyId,
  DAY_MS,
  type PrincipalId,
  type StreamMessage,
  type StreamName,
  subjectOf,
} from '@citystreams/contracts';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource, type EntityManager, In, IsNull } from 'typeorm';
import { SchemaStore } from '../schemas/schema.store.js';
import { describeBy } from './stream.description.js';
import { StreamEntity, StreamVersionEntity } from './stream.entity.js';

/** What is known of streams. Decides nothing about who may see one. */
@Injectable()
export class StreamStore implements OnApplicationBootstrap {
  constructor(
    private readonly dataSource: DataSource,
    private readonly schemas: SchemaStore,
  ) {}

  /** Streams from before there was a search are described once. */
  async onApplicationBootstrap(): Promise<void> {
    const rows = await this.dataSource.manager.findBy(StreamEntity, { searchText: IsNull() });
    for (const row of rows) {
      const newest = (await this.schemas.versions(subjectOf(row.stream as StreamName))).at(-1);
      const parsed = newest === undefined ? null : parseContract(JSON.parse(newest.text));
      if (parsed?.ok !== true) continue;
      describeBy(row, parsed.contract);
      const { description, concepts, searchTitle, searchText } = row;
      const what = { stream: row.stream, searchText: IsNull() };
      await this.dataSource.manager.update(StreamEntity, what, { description, concepts, searchTitle, searchText });
    }
  }

  async row(stream: StreamName, db: EntityManager = this.dataSource.manager): Promise<StreamEntity | null> {
    return db.findOneBy(StreamEntity, { stream });
  }

  /** Oldest first. */
  async versions(stream: StreamName, db: EntityManager = this.dataSource.manager): Promise<StreamVersionEntity[]> {
    return db.find(StreamVersionEntity, { where: { stream }, order: { version: 'ASC' } });
  }

  /** The number of the newest version of each. */
  async newestVersions(streams: readonly string[]): Promise<Map<string, number>> {
    if (streams.length === 0) return new Map();
    const rows = await this.dataSource.manager
      .createQueryBuilder(StreamVersionEntity, 'v')
      .select('v.stream', 'stream')
      .addSelect('max(v.version)', 'version')
      .where({ stream: In([...streams]) })
      .groupBy('v.stream')
      .getRawMany<{ stream: string; version: number }>();
    return new Map(rows.map(({ stream, version }) => [stream, version]));
  }

  /** Schema text of the newest version. */
  async newestText(stream: StreamName, db: EntityManager = this.dataSource.manager): Promise<string | null> {
    return (await this.schemas.versions(subjectOf(stream), db)).at(-1)?.text ?? null;
  }

  /** Of what everybody may know, by name; for exports. */
  async listed(): Promise<StreamEntity[]> {
    return this.dataSource.manager.find(StreamEntity, {
      where: { visibility: 'listed', retired: IsNull() },
      order: { stream: 'ASC' },
    });
  }

  /** The stream as every other service learns it, with each version's schema text. */
  async message(row: StreamEntity, db: EntityManager): Promise<StreamMessage> {
    const stream = row.stream as StreamName;
    const versions = await this.versions(stream, db);
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
      publishers: row.retired === null ? (row.publishers as PrincipalId[]) : [],
      ...(row.retired !== null && { retiredAt: row.retired.at }),
      versions: schemas.map(({ version, id, text }) => ({
        version,
        schemaId: id,
        schema: text,
        fields: fields.get(version) ?? [],
      })),
    };
  }
}
