import { parseContract, sampleOf } from '@citystreams/avro';
import type { AgencyId, PrincipalId, StreamName, StreamResource, StreamSummary } from '@citystreams/contracts';
import type { Caller } from '@citystreams/nest';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AgencyStore } from '../agencies/agency.store.js';
import { StreamParties } from '../parties/stream.parties.js';
import { TrafficReader } from '../traffic/traffic.reader.js';
import type { StreamEntity } from './stream.entity.js';
import { StreamStore } from './stream.store.js';

/** A stream as one caller may see it. Whether the caller may see it at all is decided before. */
@Injectable()
export class StreamPresenter {
  constructor(
    private readonly streams: StreamStore,
    private readonly agencies: AgencyStore,
    private readonly parties: StreamParties,
    private readonly traffic: TrafficReader,
  ) {}

  async summaries(rows: readonly StreamEntity[]): Promise<StreamSummary[]> {
    const versions = await this.streams.newestVersions(rows.map(({ stream }) => stream));
    return rows.map((row) => summaryOf(row, versions.get(row.stream) ?? 0));
  }

  async resource(row: StreamEntity, caller: Caller): Promise<StreamResource> {
    const written = await this.written(row, caller);
    const isParty = this.parties.isParty(caller, row);
    return { ...written, traffic: isParty ? await this.traffic.of(row.stream as StreamName) : null };
  }

  /** As an answer to a write, which waits for nobody: without traffic. */
  async written(row: StreamEntity, caller: Caller, db?: EntityManager): Promise<StreamResource> {
    const stream = row.stream as StreamName;
    const [versions, text, owner] = [
      await this.streams.versions(stream, db),
      await this.streams.newestText(stream, db),
      await this.agencies.find(row.owner),
    ];
    const parsed = parseContract(text === null ? null : JSON.parse(text));
    return {
      ...summaryOf(row, versions.at(-1)?.version ?? 0),
      ownerName: owner?.name ?? { en: row.owner, zh: row.owner },
      key: row.key,
      time: row.time,
      retentionDays: row.retentionDays,
      partitions: row.partitions,
      publishers: row.publishers as PrincipalId[],
      fields: versions.at(-1)?.fields ?? [],
      versions: versions.map(({ version, schemaId, registeredAt, changes }) => ({
        version,
        schemaId,
        registeredAt: registeredAt.toISOString(),
        changes,
      })),
      sample: parsed.ok ? sampleOf(parsed.contract) : null,
      retired: row.retired,
      traffic: null,
      consumers: this.parties.isParty(caller, row) ? this.parties.consumers(stream) : null,
    };
  }
}

const summaryOf = (row: StreamEntity, version: number): StreamSummary => ({
  stream: row.stream as StreamName,
  owner: row.owner as AgencyId,
  title: row.title,
  description: row.description,
  sharing: row.sharing,
  visibility: row.visibility,
  level: row.level,
  state: row.retired === null ? 'active' : 'retired',
  concepts: row.concepts,
  contact: row.contact,
  version,
});
