import type { DecidingRole, Office, Person } from '@citystreams/contracts';
import type { Decider, Deciders, RequestPeople } from '@citystreams/domain';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Delegations } from '../delegations/delegations.js';
import { City } from '../policy/city.js';
import type { DelegationEntity } from '../delegations/delegation.entity.js';

/** Who in the city can decide what, by office and by delegation. */
@Injectable()
export class People {
  constructor(
    private readonly city: City,
    private readonly delegations: Delegations,
  ) {}

  /** Of the requests of one agency to another, with the delegations that are in force now. */
  async around(db: EntityManager, request: { asking: string; owner: string }, now: Date): Promise<RequestPeople> {
    return this.peopleOf(request, await this.delegations.inForce(db, now));
  }

  peopleOf({ asking, owner }: { asking: string; owner: string }, inForce: readonly DelegationEntity[]): RequestPeople {
    return {
      deciders: this.decidersFor(owner, inForce),
      asking: this.holders(asking, 'steward', inForce),
      head: this.head(),
    };
  }

  private decidersFor(owner: string, inForce: readonly DelegationEntity[]): Deciders {
    return {
      owner: this.holders(owner, 'steward', inForce),
      privacy: this.holders(owner, 'privacy-officer', inForce),
      cdo: this.holders(null, 'cdo', inForce),
    };
  }

  /** @param agency null: of any */
  private holders(agency: string | null, role: DecidingRole, inForce: readonly DelegationEntity[]): Decider[] {
    const own = this.city.offices
      .filter((office) => agency === null || office.agency === agency)
      .flatMap((office) => holdersIn(office, role).map(({ account }) => deciderOf(account, office.agency, null)));
    const deputies = inForce
      .filter((d) => d.role === role && (agency === null || d.agency === agency))
      .map((d) => deciderOf(d.deputy, d.deputyAgency, d.person));
    return [...own, ...deputies];
  }

  private head(): Decider | null {
    const office = this.city.offices.find((o) => o.kind === 'city-government');
    return office === undefined ? null : deciderOf((office.head ?? office.dataOfficer).account, office.agency, null);
  }
}

const deciderOf = (account: string, agency: string, deputyFor: string | null): Decider => ({
  account,
  agency,
  deputyFor,
});

function holdersIn(office: Office, role: DecidingRole): Person[] {
  if (role === 'steward') return [office.dataOfficer];
  if (role === 'privacy-officer') return [office.privacyOfficer];
  return office.cityRoles.filter((r) => r.role === role).map((r) => r.person);
}
