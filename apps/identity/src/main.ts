import { readFile } from 'node:fs/promises';
import { openAccounts } from './account.store.js';
import { readIdentityConfig } from './config.js';
import { closeServer, serveIssuer } from './identity.server.js';
import { log } from './log.js';
import { parseSigningKeys } from './signing-keys.js';
import { createIssuer } from './token.issuer.js';

async function main(): Promise<void> {
  const config = readIdentityConfig(process.env);
  const accounts = await openAccounts(config.ACCOUNTS_FILE, (problem) =>
    log('error', 'the accounts file cannot be used, the last good one stays in force', { cause: problem.message }),
  );
  const provider = createIssuer({
    issuer: config.ISSUER_URL,
    jwks: parseSigningKeys(await readFile(config.KEYS_FILE, 'utf8')),
    accounts,
    audiences: { http: config.HTTP_AUDIENCE, kafka: config.KAFKA_AUDIENCE },
    agencyTokenSeconds: config.TOKEN_SECONDS,
    log,
  });
  const server = await serveIssuer(provider, config.HOST, config.PORT);
  log('info', 'the issuer answers', { issuer: config.ISSUER_URL });

  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      log('info', 'stopping', { signal });
      void closeServer(server).then(() => {
        log('info', 'stopped');
        process.exit(0);
      });
    });
  }
}

main().catch((cause: unknown) => {
  log('error', 'the issuer cannot start', { cause: cause instanceof Error ? cause.message : String(cause) });
  process.exitCode = 1;
});
