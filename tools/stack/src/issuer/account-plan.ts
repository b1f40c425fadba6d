/** Which accounts a city needs: pure, except for the secrets it asks for. */
import {
  HTTP_AUDIENCE,
  type IssuerAccounts,
  KAFKA_AUDIENCE,
  type Office,
  type Person,
  PLATFORM_PRINCIPALS,
  type Role,
} from '@citystreams/contracts';

type Accounts = IssuerAccounts['clients'];

export class AccountClash extends Error {
  readonly code = 'ACCOUNT_CLASH';
}

/**
 * Every service account and every person of the offices, and the platform's own principals. What an account is follows
 * the offices; its secret, password and a changed token life are kept from `known`. Accounts nobody names any more go.
 *
 * @throws AccountClash if two offices name the same account.
 */
export function planAccounts(
  offices: readonly Office[],
  known: IssuerAccounts,
  newSecret: () => string,
): IssuerAccounts {
  const clients: Accounts = {};

  function add(id: string, what: Omit<Accounts[string], 'secret' | 'password'>, person: boolean): void {
    if (clients[id] !== undefined) throw new AccountClash(`the account ${id} is named twice in the offices`);
    const before = known.clients[id];
    clients[id] = {
      ...what,
      secret: before?.secret ?? newSecret(),
      ...(before?.tokenSeconds === undefined ? {} : { tokenSeconds: before.tokenSeconds }),
      ...(person ? { password: before?.password ?? newSecret() } : {}),
    };
  }
  const service = (id: string, agency: string) =>
    add(id, { agency, roles: ['service'], audiences: [HTTP_AUDIENCE, KAFKA_AUDIENCE] }, false);
  const person = (who: Person, agency: string, roles: Role[]) =>
    add(who.account, { agency, roles, audiences: [HTTP_AUDIENCE] }, true);

  for (const id of PLATFORM_PRINCIPALS) service(id, 'citystreams');
  for (const office of offices) {
    for (const { service: name } of office.services) service(`${office.agency}.${name}`, office.agency);
    person(office.dataOfficer, office.agency, ['steward']);
    // A deputy decides nothing of his own right: delegation gives it, with an end date.
    person(office.deputy, office.agency, []);
    person(office.privacyOfficer, office.agency, ['privacy-officer']);
    for (const { role, person: holder } of office.cityRoles) person(holder, office.agency, [role]);
  }
  return { clients };
}
