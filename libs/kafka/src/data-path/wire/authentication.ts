import { failureOfCode } from '../../failure.js';
import { pause } from '../../retry.js';
import { type KafkaSettings, refusalIn } from '../../settings.js';
import { SASL_AUTHENTICATE } from '../messages/sasl.authenticate.js';
import { SASL_HANDSHAKE } from '../messages/sasl.handshake.js';
import type { Connection } from './connection.js';

type Auth = KafkaSettings['auth'];
type Ask = Connection['ask'];

/** The part of a session after which it is renewed. */
const RENEW_AFTER = 0.8;
/** Between attempts to get a token for the renewal, while the session still holds. */
const TOKEN_AGAIN_AFTER_MS = 500;

/**
 * Logs a new connection in, and keeps it logged in until it ends: the broker closes it at the first request after the
 * session's end, so the login is repeated on the same connection before that (KIP-368). A token that cannot be had by
 * then ends the connection, as does one that the broker refuses.
 */
export async function authenticate(connection: Connection, auth: Auth): Promise<void> {
  const sessionMs = await logIn((message, request) => connection.ask(message, request), auth, await credentials(auth));
  const ended = new AbortController();
  connection.onEnd(() => ended.abort());
  if (sessionMs > 0) void keepLoggedIn(connection, auth, sessionMs, ended.signal);
}

/** Never rejects: a renewal that fails ends the connection, and whoever uses it is told. */
async function keepLoggedIn(connection: Connection, auth: Auth, firstMs: number, ended: AbortSignal): Promise<void> {
  let sessionMs = firstMs;
  while (sessionMs > 0) {
    const expiresAt = Date.now() + sessionMs;
    await pause(sessionMs * RENEW_AFTER, ended);
    const bytes = await freshCredentials(auth, expiresAt, ended);
    if (ended.aborted) return;
    if (bytes === undefined) return connection.close();
    sessionMs = 0;
    await connection
      .withOthersWaiting(async (ask) => {
        sessionMs = await logIn(ask, auth, bytes);
      })
      .catch(() => undefined);
  }
}

async function freshCredentials(auth: Auth, before: number, ended: AbortSignal): Promise<Buffer | undefined> {
  while (!ended.aborted && Date.now() < before) {
    const bytes = await credentials(auth).catch(() => undefined);
    if (bytes !== undefined) return bytes;
    await pause(TOKEN_AGAIN_AFTER_MS, ended);
  }
  return undefined;
}

const mechanismOf = (auth: Auth) => (auth.kind === 'plain' ? 'PLAIN' : 'OAUTHBEARER');

/** RFC 4616 and RFC 7628. */
async function credentials(auth: Auth): Promise<Buffer> {
  return auth.kind === 'plain'
    ? Buffer.from(`\0${auth.username}\0${auth.password}`)
    : Buffer.from(`n,,\x01auth=Bearer ${await auth.tokens.token()}\x01\x01`);
}

/** Milliseconds that the session lasts; 0: for ever. */
async function logIn(ask: Ask, auth: Auth, bytes: Buffer): Promise<number> {
  const mechanism = mechanismOf(auth);
  const { errorCode } = await ask(SASL_HANDSHAKE, mechanism);
  if (errorCode !== 0) throw failureOfCode(errorCode, `Login with ${mechanism}`);
  const answer = await ask(SASL_AUTHENTICATE, bytes);
  if (answer.errorCode !== 0) throw failureOfCode(answer.errorCode, `Login with ${mechanism}`);
  const refusal = auth.kind === 'token' ? refusalIn(answer.authBytes) : undefined;
  if (refusal !== undefined) throw refusal;
  return answer.sessionLifetimeMs;
}
