/** The city as its policy folder describes it: who holds which office, and what may be shared how. */
import {
  agencyOf,
  type CalendarData,
  type Office,
  type Person,
  type Policy,
  type PolicyMatrix,
  type PrincipalId,
} from '@citystreams/contracts';
import { calendarOf, type CityCalendar } from '@citystreams/domain';

export class City {
  readonly matrix: PolicyMatrix;
  readonly purposes: ReadonlySet<string>;
  /** Codes a refusal may give; a final one cannot be disputed. */
  readonly refusalCodes: ReadonlyMap<string, { final: boolean }>;
  readonly revocationCodes: ReadonlySet<string>;
  /** Every service account of every office. */
  readonly serviceAccounts: ReadonlySet<PrincipalId>;
  readonly agencies: readonly Office['agency'][];
  readonly calendar: CityCalendar;

  constructor(
    readonly policy: Policy,
    readonly offices: readonly Office[],
    calendar: CalendarData,
  ) {
    this.matrix = policy.matrix;
    this.calendar = calendarOf(calendar);
    this.purposes = new Set(policy.purposes.map((p) => p.code));
    this.refusalCodes = new Map(policy.reasonCodes.filter((r) => r.for.includes('refuse')).map((r) => [r.code, r]));
    this.revocationCodes = new Set(policy.reasonCodes.filter((r) => r.for.includes('revoke')).map((r) => r.code));
    this.agencies = offices.map((o) => o.agency);
    this.serviceAccounts = new Set(
      offices.flatMap((o) => o.services.map(({ service }) => `${o.agency}.${service}` as PrincipalId)),
    );
  }

  isAccountOf(principal: PrincipalId, agency: string): boolean {
    return agencyOf(principal) === agency && this.serviceAccounts.has(principal);
  }

  /** null: no person of any office has this account. */
  personCalled(account: string): { name: string; agency: Office['agency'] } | null {
    for (const office of this.offices) {
      const person = peopleIn(office).find((p) => p.account === account);
      if (person !== undefined) return { name: person.name, agency: office.agency };
    }
    return null;
  }
}

const peopleIn = (office: Office): Person[] => [
  office.dataOfficer,
  office.deputy,
  office.privacyOfficer,
  ...(office.head === undefined ? [] : [office.head]),
  ...office.cityRoles.map((r) => r.person),
];
