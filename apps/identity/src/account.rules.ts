/**
 * Who may have an account, and which audiences it may ask for. Pure: the file and the clock are elsewhere.
 */
import { agencyOf, type IssuerAccounts, PLATFORM_PRINCIPALS, PrincipalId } from '@citystreams/contracts';

export type Account = IssuerAccounts['clients'][string];

export interface Audiences {
  readonly http: string;
  readonly kafka: string;
}

const PLATFORM_AGENCY = 'citystreams';
const PLATFORM_TOKEN_SECONDS = 12 * 3600;
const ACCOUNT_NAME = /^[a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*)?$/;
/** Kafka knows its brokers and super users by these names: a token that said so would be one of them. */
const BROKER_NAMES = /^(?:internal-broker|anonymous|admin|root|super-?user|(?:kafka|broker|controller)(?:-.*)?)$/;

/** Why this id can have no account, or null. */
export function whyRefused(id: string, account: Account): string | null {
  if (BROKER_NAMES.test(id.toLowerCase())) return 'is a name of brokers or super users';
  if (!ACCOUNT_NAME.test(id)) return 'is not an account name: <agency>.<service>, or a single word';
  const platforms = id.startsWith(`${PLATFORM_AGENCY}.`) || account.agency === PLATFORM_AGENCY;
  if (platforms && !(PLATFORM_PRINCIPALS as readonly string[]).includes(id))
    return "is reserved for the platform's own";
  return null;
}

/** A service account is `<agency>.<service>` of its own agency, in the role of a service, and nobody's password. */
export function isServiceAccount(id: string, account: Account): boolean {
  const principal = PrincipalId.safeParse(id);
  return (
    principal.success &&
    agencyOf(principal.data) === account.agency &&
    account.roles.includes('service') &&
    account.password === undefined
  );
}

/** Kafka only ever sees service accounts, whatever the accounts file says of people. */
export function mayAsk(id: string, account: Account, audience: string, audiences: Audiences): boolean {
  if (!account.audiences.includes(audience)) return false;
  if (audience === audiences.kafka) return isServiceAccount(id, account);
  return audience === audiences.http;
}

/** Life of a token in seconds. Long for the platform's own: the router goes on while the issuer is down. */
export function tokenSeconds(id: string, account: Account, ofAgencies: number): number {
  return account.tokenSeconds ?? (id.startsWith(`${PLATFORM_AGENCY}.`) ? PLATFORM_TOKEN_SECONDS : ofAgencies);
}
