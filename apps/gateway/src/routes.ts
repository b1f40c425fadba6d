import type { GatewayConfig } from './config.js';

/** The control services behind the one door. */
export type ServiceName = 'catalogue' | 'subscriptions';
export type Upstreams = Readonly<Record<ServiceName, string>>;

export const upstreamsOf = (config: GatewayConfig): Upstreams => ({
  catalogue: config.CATALOGUE_URL,
  subscriptions: config.SUBSCRIPTIONS_URL,
});

/** Addresses of one service that appear under one prefix; each stands alone or before a slash, `/` alone. */
export interface Mount {
  service: ServiceName;
  /** What the gateway puts before the service's own paths. */
  prefix: string;
  paths: readonly string[];
}

/** The registry is bare on the catalogue's own port, where serializers expect it. */
export const REGISTRY_PREFIX = '/registry';

/** Which service answers which address. What is not here and not the gateway's own does not exist. */
export const MOUNTS: readonly Mount[] = [
  { service: 'catalogue', prefix: '', paths: ['/api/agencies', '/api/streams', '/api/catalogue.jsonld'] },
  {
    service: 'catalogue',
    prefix: REGISTRY_PREFIX,
    paths: ['/', '/subjects', '/schemas', '/compatibility', '/config', '/mode', '/contexts', '/v1'],
  },
  {
    service: 'subscriptions',
    prefix: '',
    paths: [
      '/api/requests',
      '/api/entitlements',
      '/api/suspensions',
      '/api/explain',
      '/api/reports',
      '/api/audit',
      '/api/notices',
      '/api/delegations',
      '/api/service-accounts',
      '/api/policy',
      '/api/quarantine',
      '/api/router',
      '/api/break-glass',
      '/api/reviews',
      '/api/drift',
    ],
  },
];

/** A service's own path as the gateway's callers write it; null where the gateway does not show it. */
export function publicPath(service: ServiceName, path: string): string | null {
  const shown = MOUNTS.find(
    (mount) => mount.service === service && mount.paths.some((own) => path === own || path.startsWith(`${own}/`)),
  );
  return shown === undefined ? null : shown.prefix + path;
}
