/**
 * Who reads which secrets. All lie in one volume that every container sees; each service of docker-compose.yml has a
 * folder there, and runs as a user of its own who owns that folder, so that nobody opens another's.
 */
import type { PlatformPrincipal } from '@citystreams/contracts';

export interface Reader {
  /** The service's name in docker-compose.yml, and its folder's. */
  readonly service: string;
  /** The user its container runs as; users of published images are given by those. */
  readonly uid: number;
  /** Accounts whose client secrets it holds. */
  readonly accounts: readonly string[];
}

const platform = (service: string, uid: number, ...accounts: PlatformPrincipal[]): Reader => ({
  service,
  uid,
  accounts,
});
/** A process of an agency runs as one service account and is called like it. */
const agency = (uid: number, account: string): Reader => ({ service: account, uid, accounts: [account] });

export const AGENCIES: readonly Reader[] = [
  agency(2101, 'meteorology.weather-station'),
  agency(2102, 'planning-natural-resources.seismic-desk'),
  agency(2103, 'bao-an.flight-desk'),
  agency(2104, 'medical-insurance.settlement'),
  agency(2105, 'public-security.residence-registry'),
  agency(2106, 'futian.operations'),
  agency(2107, 'nanshan.operations'),
  agency(2108, 'ecology-environment.observatory'),
];

const SUBSCRIPTIONS = platform('subscriptions', 2004, 'citystreams.subscriptions', 'citystreams.enforcement');

export const READERS: readonly Reader[] = [
  platform('kafka', 1000),
  platform('postgres', 999),
  platform('identity', 2001),
  platform('bootstrap', 2002),
  platform('catalogue', 2003, 'citystreams.catalogue'),
  SUBSCRIPTIONS,
  platform('router', 2005, 'citystreams.router'),
  platform('gateway', 2006, 'citystreams.gateway'),
  platform('demo', 2007),
  ...AGENCIES,
];

/** Whose folders lie in the volume of state, each called like the account that keeps something there. */
export const STATEFUL: readonly { readonly account: string; readonly uid: number }[] = [
  SUBSCRIPTIONS,
  ...AGENCIES,
].flatMap(({ uid, accounts: [account] }) => (account === undefined ? [] : [{ account, uid }]));
