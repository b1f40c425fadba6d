import type { AgencyId, AgencyResource, Office } from '@citystreams/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AgencyEntity } from './agency.entity.js';

/** The offices of the city. One that is no longer in the policy's files stays: its streams still have an owner. */
@Injectable()
export class AgencyStore {
  constructor(private readonly dataSource: DataSource) {}

  async save(offices: readonly Office[]): Promise<void> {
    await this.dataSource.manager.upsert(AgencyEntity, offices.map(rowOf), ['agency']);
  }

  /** By name. */
  async list(): Promise<AgencyResource[]> {
    return (await this.dataSource.manager.find(AgencyEntity, { order: { agency: 'ASC' } })).map(resourceOf);
  }

  async find(agency: string): Promise<AgencyResource | null> {
    const row = await this.dataSource.manager.findOneBy(AgencyEntity, { agency });
    return row === null ? null : resourceOf(row);
  }

  /** Client ids of an agency's service accounts; empty for an unknown agency. */
  async serviceAccounts(agency: AgencyId): Promise<string[]> {
    return (await this.dataSource.manager.findOneBy(AgencyEntity, { agency }))?.serviceAccounts ?? [];
  }
}

const rowOf = (office: Office): AgencyEntity => ({
  agency: office.agency,
  kind: office.kind,
  name: office.name,
  contact: office.contact,
  dataOfficer: office.dataOfficer.name,
  serviceAccounts: office.services.map((account) => `${office.agency}.${account.service}`),
});

const resourceOf = (row: AgencyEntity): AgencyResource => ({
  agency: row.agency as AgencyId,
  kind: row.kind,
  name: row.name,
  contact: row.contact,
  dataOfficer: row.dataOfficer,
});
