import { type AvroRecord, projectSchema } from '@citystreams/avro';
import {
  type PlatformPrincipal,
  type StreamName,
  subjectOf,
  type ViewMessage,
  type ViewSchemasMessage,
  type ViewTopic,
} from '@citystreams/contracts';
import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Announcer } from '../announcements/announcer.js';
import { SchemaEntity } from '../schemas/schema.entity.js';
import { type RegisteredSchema, SchemaStore } from '../schemas/schema.store.js';
import { ViewEntity, ViewSchemaEntity } from './view.entity.js';

const REGISTRAR: PlatformPrincipal = 'citystreams.catalogue';

/**
 * The schemas of views: the projection of each writer version, registered under the view topic's subject.
 *
 * Every view counts, also one that nobody holds now: it may be taken up again at any moment, and then its schemas have
 * to be there. A writer version that has none of a view's fields, or that a mask of it does not fit, gets no schema.
 */
@Injectable()
export class ViewProjections {
  private readonly logger = new Logger('view-schemas');

  constructor(
    private readonly dataSource: DataSource,
    private readonly schemas: SchemaStore,
    private readonly announcer: Announcer,
  ) {}

  /**
   * Takes an announced view up. Doing it again changes nothing and announces nothing; a view of a stream that is not
   * known yet is kept and gets its schemas with the stream's first version.
   */
  async take({ topic, definition }: ViewMessage): Promise<void> {
    const { stream, fields, masks } = definition;
    if (await this.isComplete(topic, stream)) return;
    await this.schemas.registering(async (tx) => {
      await tx
        .createQueryBuilder()
        .insert()
        .into(ViewEntity)
        .values({ topic, stream, fields, masks })
        .orIgnore()
        .execute();
      const view = await tx.findOneByOrFail(ViewEntity, { topic });
      const message = await this.project(tx, view, await this.schemas.versions(subjectOf(stream), tx));
      await this.announcer.announce(tx, message === null ? [] : [message]);
    });
  }

  /**
   * Registers what the views of a stream still lack, in the caller's transaction of `registering`.
   * The messages belong before the one that announces the writer version.
   */
  async projectStream(tx: EntityManager, stream: StreamName): Promise<ViewSchemasMessage[]> {
    const views = await tx.find(ViewEntity, { where: { stream }, order: { topic: 'ASC' } });
    if (views.length === 0) return [];
    const writers = await this.schemas.versions(subjectOf(stream), tx);
    const messages: ViewSchemasMessage[] = [];
    for (const view of views) {
      const message = await this.project(tx, view, writers);
      if (message !== null) messages.push(message);
    }
    return messages;
  }

  /** Null when there was nothing to register. */
  private async project(
    tx: EntityManager,
    view: ViewEntity,
    writers: readonly RegisteredSchema[],
  ): Promise<ViewSchemasMessage | null> {
    const topic = view.topic as ViewTopic;
    const done = new Set((await tx.findBy(ViewSchemaEntity, { topic })).map((row) => row.writerSchemaId));
    let added = false;
    for (const writer of writers.filter(({ id }) => !done.has(id))) {
      const schema = this.shown(writer, view);
      if (schema === null) continue;
      const { registered } = await this.schemas.register(tx, subjectOf(topic), schema, REGISTRAR);
      await tx.insert(ViewSchemaEntity, { topic, writerSchemaId: writer.id, viewSchemaId: registered.id });
      added = true;
    }
    return added ? this.message(tx, view) : null;
  }

  /** Null where there is nothing to show; also where a mask does not fit, so that one view keeps nobody from publishing. */
  private shown(writer: RegisteredSchema, { topic, fields, masks }: ViewEntity): AvroRecord | null {
    try {
      return projectSchema(JSON.parse(writer.text) as AvroRecord, fields, masks);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.logger.error(`${topic} gets no schema for schema ${writer.id}: ${error.message}`);
      return null;
    }
  }

  private async message(tx: EntityManager, view: ViewEntity): Promise<ViewSchemasMessage> {
    const topic = view.topic as ViewTopic;
    const schemas = await tx
      .createQueryBuilder(ViewSchemaEntity, 'v')
      .innerJoin(SchemaEntity, 's', 's.id = v.view_schema_id')
      .select('v.writer_schema_id', 'writerSchemaId')
      .addSelect('v.view_schema_id', 'viewSchemaId')
      .addSelect('s.text', 'schema')
      .where('v.topic = :topic', { topic })
      .orderBy('v.writer_schema_id')
      .getRawMany<ViewSchemasMessage['schemas'][number]>();
    return { format: 1, kind: 'view-schemas', topic, stream: view.stream as StreamName, schemas };
  }

  /** Without the lock: at a restart every view is announced again, and nearly always nothing is missing. */
  private async isComplete(topic: ViewTopic, stream: StreamName): Promise<boolean> {
    const db = this.dataSource.manager;
    if (!(await db.existsBy(ViewEntity, { topic }))) return false;
    const done = new Set((await db.findBy(ViewSchemaEntity, { topic })).map((row) => row.writerSchemaId));
    return (await this.schemas.versions(subjectOf(stream))).every(({ id }) => done.has(id));
  }
}
