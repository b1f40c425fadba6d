import { type Adapter, type AdapterConstructor, type Configuration, errors, Provider } from 'oidc-provider';
import type { Account, Audiences } from './account.rules.js';
import { mayAsk, tokenSeconds } from './account.rules.js';
import type { AccountStore } from './account.store.js';
import type { Log } from './log.js';

/** For clients that cannot send `resource`: the scope names the audience. */
const SCOPES = { kafka: 'citystreams.kafka', http: 'citystreams.http' } as const;
const ALL_SCOPES = Object.values(SCOPES).join(' ');

export interface IssuerOptions {
  readonly issuer: string;
  readonly jwks: NonNullable<Configuration['jwks']>;
  readonly accounts: AccountStore;
  readonly audiences: Audiences;
  readonly agencyTokenSeconds: number;
  readonly log: Log;
}

/**
 * An OpenID provider that does one thing: client credentials to ES256 access tokens (`at+jwt`) for one audience.
 * Claims: `sub` = `client_id` = the account's name, `agency`, `roles`.
 */
export function createIssuer(options: IssuerOptions): Provider {
  const { accounts, audiences } = options;

  async function accountOf(id: string): Promise<Account> {
    const account = await accounts.find(id);
    // Between authentication and the token the account may have been removed from the file.
    if (account === undefined) throw new errors.InvalidClient('the account was removed');
    return account;
  }

  const provider = new Provider(options.issuer, {
    jwks: options.jwks,
    adapter: adapterOver(accounts),
    scopes: Object.values(SCOPES),
    responseTypes: [],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post'],
    // Only says that the life is known: each token gets its account's, below.
    ttl: { ClientCredentials: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? options.agencyTokenSeconds },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: (ctx) => (asksForHttp(ctx.oidc.params?.['scope']) ? audiences.http : audiences.kafka),
        getResourceServerInfo: async (_ctx, resource, client) => {
          const account = await accountOf(client.clientId);
          if (!mayAsk(client.clientId, account, resource, audiences)) {
            throw new errors.InvalidTarget(`no tokens for this audience: ask for ${allowed(client.clientId, account)}`);
          }
          return {
            audience: resource,
            scope: ALL_SCOPES,
            accessTokenFormat: 'jwt',
            accessTokenTTL: tokenSeconds(client.clientId, account, options.agencyTokenSeconds),
            jwt: { sign: { alg: 'ES256' } },
          };
        },
      },
    },
    extraTokenClaims: async (_ctx, token) => {
      const account = await accountOf(token.clientId ?? '');
      return { agency: account.agency, roles: account.roles };
    },
  });

  function allowed(id: string, account: Account): string {
    const names = Object.values(audiences).filter((audience) => mayAsk(id, account, audience, audiences));
    return names.length === 0 ? 'nothing, this account has none' : names.join(' or ');
  }

  provider.on('server_error', (_ctx, cause) =>
    options.log('error', 'a token request failed', { cause: cause.message }),
  );
  provider.on('grant.error', (ctx, cause) => {
    // Only names we know: what a stranger puts in the field may be his secret.
    const client = ctx.oidc.client?.clientId ?? 'unknown';
    options.log('info', 'a token was refused', { client, error: cause.message });
  });
  return provider;
}

const asksForHttp = (scope: unknown): boolean => typeof scope === 'string' && scope.split(' ').includes(SCOPES.http);

/** The provider stores nothing (its tokens are signed, not looked up); clients come from the accounts. */
function adapterOver(accounts: AccountStore): AdapterConstructor {
  return class AccountAdapter implements Adapter {
    constructor(private readonly model: string) {}

    async find(id: string) {
      if (this.model !== 'Client') return undefined;
      const account = await accounts.find(id);
      if (account === undefined) return undefined;
      return {
        client_id: id,
        client_secret: account.secret,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        scope: ALL_SCOPES,
      };
    }

    async upsert() {}
    async consume() {}
    async destroy() {}
    async revokeByGrantId() {}
    async findByUserCode() {
      return undefined;
    }
    async findByUid() {
      return undefined;
    }
  };
}
