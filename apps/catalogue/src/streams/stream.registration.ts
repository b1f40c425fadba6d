import { checkLevels, type ComparableContract, type Contract, contractChanges, parseContract } from '@citystreams/avro';
import {
  type ChangeStream,
  type CreateStream,
  type Finding,
  highest,
  ownerOf,
  type RetireStream,
  type StreamManifest,
  type StreamName,
  subjectOf,
} from '@citystreams/contracts';
import { ProblemError } from '@citystreams/nest';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Announcer } from '../announcements/announcer.js';
import { CITY_RULES, type CityRules } from '../city/city.module.js';
import { type RegisteredSchema, type Registration, SchemaStore } from '../schemas/schema.store.js';
import { canonicalText } from '../schemas/schema-text.js';
import { ViewProjections } from '../view-schemas/view.projections.js';
import { StreamEntity, StreamVersionEntity } from './stream.entity.js';
import { ManifestChecks } from './manifest.checks.js';
import { incompatible, inside, invalid, retired } from './stream.refusals.js';
import { describeBy } from './stream.description.js';
import { StreamStore } from './stream.store.js';
import { checkContract, checkSuccession } from './stream-checks.js';

/** Of `CreateStream` and `CreateStreamVersion`. */
const IN_BODY = '$.contract';

/**
 * Creates streams, adds versions to them, changes and retires them. A version, its projection for every view and the
 * announcements of both are one transaction: whoever learns of a writer version has learnt of the view schemas that go
 * with it.
 */
@Injectable()
export class StreamRegistration {
  constructor(
    private readonly schemas: SchemaStore,
    private readonly views: ViewProjections,
    private readonly streams: StreamStore,
    private readonly announcer: Announcer,
    private readonly manifests: ManifestChecks,
    @Inject(CITY_RULES) private readonly rules: CityRules,
  ) {}

  /** Throws CONTRACT_INVALID, VALIDATION_FAILED, PRINCIPAL_UNKNOWN or POLICY_FORBIDS with every finding. */
  async checkNew({ manifest, contract: json }: CreateStream): Promise<Contract> {
    const checked = checkContract(manifest.stream, json, this.rules);
    const publishers = await this.manifests.publisherFindings(manifest);
    if (!checked.ok) throw invalid(manifest.stream, [...inside(IN_BODY, checked.findings), ...publishers.all]);
    publishers.refuse(manifest.stream);
    this.manifests.requirePolicy(manifest, checked.contract.level);
    return checked.contract;
  }

  /** Throws CONTRACT_INVALID with every finding, also of what keeps it from following the versions that are there. */
  async checkNext(stream: StreamName, json: unknown, at = IN_BODY): Promise<Contract> {
    const checked = checkContract(stream, json, this.rules);
    if (checked.ok) return checked.contract;
    const { findings, readable } = checked;
    const earlier = await this.schemas.versions(subjectOf(stream));
    const following =
      readable === null ? [] : this.successionFindings(stream, earlier, await this.streams.versions(stream), readable);
    throw invalid(stream, inside(at, [...findings, ...following]));
  }

  /** Throws CONTRACT_INVALID with every finding of the contract by itself. */
  checkVersion(stream: StreamName, json: unknown, at = IN_BODY): Contract {
    const checked = checkContract(stream, json, this.rules);
    if (checked.ok) return checked.contract;
    throw invalid(stream, inside(at, checked.findings));
  }

  /** In a transaction of `registering`. Throws STREAM_EXISTS. */
  async create(tx: EntityManager, manifest: StreamManifest, contract: Contract, by: string): Promise<StreamEntity> {
    if ((await this.streams.row(manifest.stream, tx)) !== null) {
      throw new ProblemError('STREAM_EXISTS', `the stream ${manifest.stream} exists already`, {
        action: `add a version with POST /api/streams/${manifest.stream}/versions, or choose another event name`,
      });
    }
    const row = tx.create(StreamEntity, rowOf(manifest, contract, by));
    await tx.insert(StreamEntity, row);
    await this.append(tx, row, contract, by, IN_BODY);
    return row;
  }

  /**
   * A schema that the stream has already is a read: nothing is written or announced. Throws CONTRACT_INVALID or
   * CONTRACT_INCOMPATIBLE with every finding, POLICY_FORBIDS, NOT_FOUND, or STATE_CONFLICT for a retired stream.
   *
   * @param at where the contract is in what the caller sent, for the findings
   */
  async addVersion(stream: StreamName, json: unknown, by: string, at = IN_BODY): Promise<Registration> {
    const contract = await this.checkNext(stream, json, at);
    return this.schemas.registering(async (tx) => {
      const row = await this.streams.row(stream, tx);
      if (row === null) throw new ProblemError('NOT_FOUND', `there is no stream ${stream}`);
      return this.append(tx, row, contract, by, at);
    });
  }

  /** In a transaction of `registering`. The row follows. */
  async append(
    tx: EntityManager,
    row: StreamEntity,
    contract: Contract,
    by: string,
    at = IN_BODY,
  ): Promise<Registration> {
    const stream = row.stream as StreamName;
    const subject = subjectOf(stream);
    const earlier = await this.schemas.versions(subject, tx);
    const text = canonicalText(contract.record);
    const same = earlier.find((version) => version.text === text);
    if (same !== undefined) return { registered: same, added: false };
    if (row.retired !== null) throw retired(stream);

    const before = await this.streams.versions(stream, tx);
    const findings = this.successionFindings(stream, earlier, before, contract);
    if (findings.length > 0) throw incompatible(stream, inside(at, findings));
    const { sharing, retentionDays } = row;
    this.manifests.requireRaise({ stream, sharing, retentionDays }, row.level, contract.level, at);
    const registration = await this.schemas.register(tx, subject, contract.record, by);
    const { id, version, registeredAt } = registration.registered;
    const last = parseContract(earlier.length === 0 ? null : JSON.parse(earlier.at(-1)?.text ?? 'null'));
    const changes = last.ok ? contractChanges(last.contract, contract) : [];
    const { fields } = contract;
    await tx.insert(StreamVersionEntity, { stream, version, schemaId: id, fields, changes, registeredAt });
    row.level = highest([row.level, contract.level]);
    describeBy(row, contract);
    await this.save(tx, row, version > 1);
    return registration;
  }

  private successionFindings(
    stream: StreamName,
    earlier: readonly RegisteredSchema[],
    before: readonly StreamVersionEntity[],
    contract: ComparableContract,
  ): Finding[] {
    const levels = before.map(({ fields }) => fields);
    return [
      ...checkSuccession(earlier, contract.record),
      ...checkLevels(stream, levels, contract, this.rules.reclassifications),
    ];
  }

  /** In a transaction of `registering`. Throws VALIDATION_FAILED, PRINCIPAL_UNKNOWN, POLICY_FORBIDS, STATE_CONFLICT. */
  async change(tx: EntityManager, row: StreamEntity, change: ChangeStream): Promise<void> {
    const stream = row.stream as StreamName;
    if (row.retired !== null) throw retired(stream);
    if (change.publishers !== undefined) {
      const found = await this.manifests.publisherFindings({ stream, publishers: change.publishers }, '$.publishers');
      found.refuse(stream);
    }
    const { sharing = row.sharing, retentionDays = row.retentionDays } = change;
    if (change.sharing !== undefined || change.retentionDays !== undefined)
      this.manifests.requirePolicy({ stream, sharing, retentionDays }, row.level, '$');
    Object.assign(row, change);
    await this.redescribe(tx, row);
    await this.save(tx, row, true);
  }

  /** In a transaction of `registering`. Nobody publishes from now on; what was published stays until it is old. */
  async retire(tx: EntityManager, row: StreamEntity, { reason }: RetireStream, by: string): Promise<void> {
    if (row.retired !== null) throw retired(row.stream as StreamName);
    row.retired = { at: new Date().toISOString(), by, reason };
    await this.save(tx, row, true);
  }

  private async redescribe(tx: EntityManager, row: StreamEntity): Promise<void> {
    const newest = (await this.schemas.versions(subjectOf(row.stream as StreamName), tx)).at(-1);
    const parsed = parseContract(newest === undefined ? null : JSON.parse(newest.text));
    if (parsed.ok) describeBy(row, parsed.contract);
  }

  /** @param isChange whether somebody may have seen the row before */
  private async save(tx: EntityManager, row: StreamEntity, isChange: boolean): Promise<void> {
    if (isChange) row.revision += 1;
    await tx.save(StreamEntity, row);
    const viewMessages = await this.views.projectStream(tx, row.stream as StreamName);
    await this.announcer.announce(tx, [...viewMessages, await this.streams.message(row, tx)]);
  }
}

const rowOf = (manifest: StreamManifest, contract: Contract, by: string): Partial<StreamEntity> => ({
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
  revision: 1,
  description: '',
  concepts: [],
  searchTitle: '',
  searchText: '',
  retired: null,
});
