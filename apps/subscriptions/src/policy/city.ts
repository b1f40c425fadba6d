/** The city as its policy folder describes it: who holds which office, and what may be shared how. */
import { agencyOf, type Office, type Policy, type PolicyMatrix, type PrincipalId } from '@citystreams/contracts';
import type { RequestFacts } from '@citystreams/domain';

export class City {
  readonly matrix: PolicyMatrix;
  readonly purposes: ReadonlySet<string>;
  readonly refusalCodes: ReadonlySet<string>;
  readonly revocationCodes: ReadonlySet<string>;
  /** Every service account of every office. */
  readonly serviceAccounts: ReadonlySet<PrincipalId>;
  readonly agencies: readonly Office['agency'][];

  constructor(
    policy: Policy,
    private readonly offices: readonly Office[],
  ) {
    this.matrix = policy.matrix;
    this.purposes = new Set(policy.purposes.map((p) => p.code));
    this.refusalCodes = new Set(policy.reasonCodes.filter((r) => r.for.includes('refuse')).map((r) => r.code));
    this.revocationCodes = new Set(policy.reasonCodes.filter((r) => r.for.includes('revoke')).map((r) => r.code));
    this.agencies = offices.map((o) => o.agency);
    this.serviceAccounts = new Set(
      offices.flatMap((o) => o.services.map(({ service }) => `${o.agency}.${service}` as PrincipalId)),
    );
  }

  isAccountOf(principal: PrincipalId, agency: string): boolean {
    return agencyOf(principal) === agency && this.serviceAccounts.has(principal);
  }

  /** The people who hold each deciding role for the streams of an owner. */
  decidersFor(owner: string): RequestFacts['deciders'] {
    const office = this.offices.find((o) => o.agency === owner);
    const cdos = this.offices.flatMap((o) =>
      o.cityRoles.filter((r) => r.role === 'cdo').map((r) => ({ account: r.person.account, agency: o.agency })),
    );
    if (office === undefined) return { owner: [], privacy: [], cdo: cdos };
    return {
      owner: [{ account: office.dataOfficer.account, agency: owner }],
      privacy: [{ account: office.privacyOfficer.account, agency: owner }],
      cdo: cdos,
    };
  }
}
