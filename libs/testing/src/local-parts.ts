/** Kafka from its jars and PostgreSQL from npm's binaries, as children of this process. */
import { join } from 'node:path';
import { KAFKA_AUDIENCE } from '@citystreams/contracts';
import { openKafka, openPostgres } from '@citystreams/stack';
import { type Parts, type PartsOptions, bothOrNeither } from './parts.js';

export async function openLocalParts(o: PartsOptions): Promise<Parts> {
  const common = { dataDirectory: o.directory, way: 'local', progress: o.say } as const;
  const [kafka, postgres] = await bothOrNeither(
    openKafka({
      ...common,
      issuer: o.issuer,
      audience: KAFKA_AUDIENCE,
      jwksFile: o.jwksFile,
      // Shared with the local stack: fetched once for this clone.
      jarsDirectory: join(o.root, '.citystreams', 'kafka'),
    }).then((server) => ({ ...server, close: server.stop })),
    openPostgres(common).then((server) => ({ ...server, close: server.stop })),
  );
  const { internal } = kafka;
  if (internal?.auth.kind !== 'plain') throw new Error('our own Kafka always has an internal principal');
  const { username, password } = internal.auth;
  return {
    kafka: { brokers: kafka.brokers },
    internalKafka: { brokers: internal.brokers, username, password },
    postgres: { adminUrl: postgres.adminUrl },
    close: async () => {
      await Promise.all([kafka.close(), postgres.close()]);
    },
  };
}
