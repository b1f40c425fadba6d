/** `.citystreams/stack.json`: addresses and accounts of the running local stack (mode 0600, removed at shutdown). */
import { z } from 'zod';

export const HTTP_AUDIENCE = 'urn:citystreams:http';
export const KAFKA_AUDIENCE = 'urn:citystreams:kafka';

export const StackFile = z.object({
  gateway: z.url(),
  registry: z.url(),
  issuer: z.url(),
  kafka: z.object({ bootstrapServers: z.string(), securityProtocol: z.string(), mechanism: z.string() }),
  postgres: z.string(),
  tokenEndpoint: z.url(),
  httpAudience: z.string(),
  kafkaAudience: z.string(),
  clients: z.record(z.string(), z.object({ secret: z.string(), agency: z.string(), roles: z.array(z.string()) })),
  people: z.record(
    z.string(),
    z.object({ password: z.string(), clientSecret: z.string(), agency: z.string(), roles: z.array(z.string()) }),
  ),
});
export type StackFile = z.infer<typeof StackFile>;

/** `issuer/accounts.json` in the data directory: what the development issuer knows (mode 0600). */
export const IssuerAccounts = z.object({
  clients: z.record(
    z.string(),
    z.object({
      secret: z.string(),
      agency: z.string(),
      roles: z.array(z.string()),
      audiences: z.array(z.string()),
      /** Life of its tokens; default 300 s, the platform's own 12 h. */
      tokenSeconds: z.number().int().positive().optional(),
      /** Only people have one. */
      password: z.string().optional(),
    }),
  ),
});
export type IssuerAccounts = z.infer<typeof IssuerAccounts>;
