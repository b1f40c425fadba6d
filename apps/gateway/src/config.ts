import { serviceSettings } from '@citystreams/nest';
import { z } from 'zod';

const upstream = z.url({ protocol: /^https?$/, error: 'must be an http or https address' });

export const GatewaySettings = z.object({
  ...serviceSettings.http,
  ...serviceSettings.oidc,
  CATALOGUE_URL: upstream,
  SUBSCRIPTIONS_URL: upstream,
});
export type GatewayConfig = Readonly<z.infer<typeof GatewaySettings>>;
