import type { Contract } from '@citystreams/avro';
import {
  type CreateStream,
  type Finding,
  highest,
  ownerOf,
  type StreamManifest,
  type StreamName,
  type StreamResource,
  subjectOf,
} from '@citystreams/contracts';
import { ProblemError } from '@citystreams/nest';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AgencyStore } from '../agencies/agency.store.js';
import { Announcer } from '../announcements/announcer.js';
import { type Registration, SchemaStore } from '../schemas/schema.store.js';
import { canonicalText } from '../schemas/schema-text.js';
import { ViewProjections } from '../view-schemas/view.projections.js';
import { StreamEntity, StreamVersionEntity } from './stream.entity.js';
import { StreamStore } from './stream.store.js';
import { checkContract, checkPublishers, checkSuccession } from './stream-checks.js';

/** Of `CreateStream` and `CreateStreamVersion`. */
const IN_BODY = '$.contract';

/**
 * Creates streams and adds versions to them. A version, its projection for every view and the announcements of both
 * are one transaction: whoever learns of a writer version has learnt of the view schemas that go with it.
 */
@Injectable()
export class StreamRegistration {
  constructor(
    private readonly agencies: AgencyStore,
    private readonly schemas: SchemaStore,
    private readonly views: ViewProjections,
    private readonly streams: StreamStore,
    private readonly announcer: Announcer,
  ) {}

  /** Throws CONTRACT_INVALID, VALIDATION_FAILED or PRINCIPAL_UNKNOWN with every finding, or STREAM_EXISTS. */
  async create({ manifest, contract: json }: CreateStream, by: string): Promise<StreamResource> {
    const contract = await this.checkNew(manifest, json);
    return this.schemas.registering(async (tx) => {
      if ((await this.streams.row(manifest.stream, tx)) !== null) {
        throw new ProblemError('STREAM_EXISTS', `the stream ${manifest.stream} exists already`, {
          action: `add a version with POST /api/streams/${manifest.stream}/versions, or choose another event name`,
        });
      }
      const row = tx.create(StreamEntity, rowOf(manifest, contract, by));
      await tx.insert(StreamEntity, row);
      await this.addTo(tx, row, contract, by, IN_BODY);
      return this.streams.resource(row, tx);
    });
  }

  /**
   * A schema that the stream has already is a read: nothing is written or announced. Throws CONTRACT_INVALID or
   * CONTRACT_INCOMPATIBLE with every finding, or NOT_FOUND.
   *
   * @param at where the contract is in what the caller sent, for the findings
   */
  async addVersion(stream: StreamName, json: unknown, by: string, at = IN_BODY): Promise<Registration> {
    const checked = checkContract(stream, json);
    if (!checked.ok) throw invalid(stream, inside(at, checked.findings));
    return this.schemas.registering(async (tx) => {
      const row = await this.streams.row(stream, tx);
      if (row === null) throw new ProblemError('NOT_FOUND', `there is no stream ${stream}`);
      return this.addTo(tx, row, checked.contract, by, at);
    });
  }

  private async checkNew(manifest: StreamManifest, json: unknown): Promise<Contract> {
    const checked = checkContract(manifest.stream, json);
    const accounts = await this.agencies.serviceAccounts(ownerOf(manifest.stream));
    const { foreign, unknown } = checkPublishers(manifest, accounts);
    if (!checked.ok) throw invalid(manifest.stream, [...inside(IN_BODY, checked.findings), ...foreign, ...unknown]);
    if (foreign.length > 0) {
      throw new ProblemError('VALIDATION_FAILED', `the manifest of ${manifest.stream} names foreign publishers`, {
        action: 'name service accounts of the owner',
        problems: [...foreign, ...unknown],
      });
    }
    if (unknown.length > 0) {
      throw new ProblemError('PRINCIPAL_UNKNOWN', `the manifest of ${manifest.stream} names unknown publishers`, {
        action: 'name service accounts that the office of the owner lists',
        problems: unknown,
      });
    }
    return checked.contract;
  }

  private async addTo(
    tx: EntityManager,
    row: StreamEntity,
    contract: Contract,
    by: string,
    at: string,
  ): Promise<Registration> {
    const stream = row.stream as StreamName;
    const subject = subjectOf(stream);
    const earlier = await this.schemas.versions(subject, tx);
    const text = canonicalText(contract.record);
    const same = earlier.find((version) => version.text === text);
    if (same !== undefined) return { registered: same, added: false };

    const findings = checkSuccession(earlier, contract.record);
    if (findings.length > 0) throw incompatible(stream, inside(at, findings));
    const registration = await this.schemas.register(tx, subject, contract.record, by);
    const { id, version, registeredAt } = registration.registered;
    await tx.insert(StreamVersionEntity, { stream, version, schemaId: id, fields: contract.fields, registeredAt });
    row.level = highest([row.level, contract.level]);
    await tx.update(StreamEntity, { stream }, { level: row.level });
    const viewMessages = await this.views.projectStream(tx, stream);
    await this.announcer.announce(tx, [...viewMessages, await this.streams.message(row, tx)]);
    return registration;
  }
}

const rowOf = (manifest: StreamManifest, contract: Contract, by: string): StreamEntity => ({
  stream: manifest.stream,
  owner: ownerOf(manifest.stream),
  title: manifest.title,
  sharing: manifest.sharing,
  visibility: manifest.visibility,
  level: contract.level,
  key: contract.key,
  time: contract.time,
  retentionDays: manifest.retentionDays,
  partitions: manifest.partitions,
  contact: manifest.contact,
  publishers: manifest.publishers,
  createdAt: new Date(),
  createdBy: by,
});

/** Where in what the caller sent: findings of a contract begin with `$`, the contract itself. */
const inside = (at: string, findings: readonly Finding[]): Finding[] =>
  findings.map(({ field, message }) => ({ field: field.replace('$', () => at), message }));

const invalid = (stream: StreamName, problems: readonly Finding[]): ProblemError =>
  new ProblemError('CONTRACT_INVALID', `the contract of ${stream} has ${problems.length} problem(s)`, {
    action: 'correct everything that is listed and send the contract again',
    problems,
  });

const incompatible = (stream: StreamName, problems: readonly Finding[]): ProblemError =>
  new ProblemError(
    'CONTRACT_INCOMPATIBLE',
    `this contract differs from earlier versions of ${stream} in more than added or dropped fields with a default`,
    {
      action: 'give new and dropped fields a default and leave the others as they are, or publish a new event name',
      problems,
    },
  );
