import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { BasicCredentials } from './basic.credentials.js';
import { FailureLimit } from './failure.limit.js';

/** A token endpoint that takes one pair. */
let server: Server;
let issuer: string;
let asked = 0;
let failing = false;
beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url?.includes('well-known')) {
      response.end(JSON.stringify({ token_endpoint: `${issuer}/token` }));
      return;
    }
    asked += 1;
    const good = request.headers.authorization === `Basic ${Buffer.from('futian.lights:right').toString('base64')}`;
    response.statusCode = failing ? 503 : good ? 200 : 401;
    response.end(JSON.stringify(good ? { access_token: 'token', expires_in: 60 } : { error: 'invalid_client' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  asked = 0;
  failing = false;
});

const header = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;
const caller = { principal: 'futian.lights', agency: 'futian', roles: [] };

/** Verifies every token, for a minute from now. */
function opened(enabled = true, now: () => number = Date.now) {
  const basic = new BasicCredentials({ enabled, issuer, audience: 'urn:x' }, now);
  const verify = async () => ({ caller, expiresAt: new Date(now() + 60_000) });
  return { ask: async (given: string, address: string) => (await basic.callerOf(given, address, verify)).caller };
}

describe('client id and secret', () => {
  test('are exchanged once, however many ask at the same time', async () => {
    const basic = opened();
    const callers = await Promise.all(Array.from({ length: 20 }, () => basic.ask(header('futian.lights:right'), 'a')));
    expect([new Set(callers), asked]).toEqual([new Set([caller]), 1]);
    await basic.ask(header('futian.lights:right'), 'b');
    expect(asked).toBe(1);
  });

  test('are asked about again when the token is over', async () => {
    let now = 1_000_000;
    const basic = opened(true, () => now);
    await basic.ask(header('futian.lights:right'), 'a');
    now += 60_000;
    await basic.ask(header('futian.lights:right'), 'a');
    expect(asked).toBe(2);
  });

  test('that are wrong are not asked about again at once, and appear in no error', async () => {
    const basic = opened();
    for (let i = 0; i < 3; i += 1) {
      const error: unknown = await basic.ask(header('futian.lights:wrong-secret'), 'a').catch((e: unknown) => e);
      expect(error).toMatchObject({ code: 'UNAUTHENTICATED' });
      expect(inspect(error, { depth: 9 })).not.toContain('wrong-secret');
    }
    expect(asked).toBe(1);
  });

  test('are not taken where that is off, or where they are none', async () => {
    await expect(opened(false).ask(header('futian.lights:right'), 'a')).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    for (const given of ['Basic', 'Basic ?', header('no colon'), header(':secret'), header('bad id!:x')]) {
      await expect(opened().ask(given, 'a')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    }
    expect(asked).toBe(0);
  });

  test('are not called wrong because the issuer is away', async () => {
    failing = true;
    const basic = opened();
    await expect(basic.ask(header('futian.lights:right'), 'a')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    failing = false;
    await expect(basic.ask(header('futian.lights:right'), 'a')).resolves.toBe(caller);
  });

  test('cannot be guessed at any speed, while those who have them go on', async () => {
    let now = 1_000_000;
    const basic = opened(true, () => now);
    await basic.ask(header('futian.lights:right'), 'a');
    for (let i = 0; i < 10; i += 1) {
      await expect(basic.ask(header(`futian.lights:${i}`), 'a')).rejects.toMatchObject({
        code: 'UNAUTHENTICATED',
      });
    }
    const refused: unknown = await basic.ask(header('futian.lights:more'), 'b').catch((e: unknown) => e);
    expect(refused).toMatchObject({ code: 'RATE_LIMITED', status: 429, headers: { 'retry-after': '60' } });
    await expect(basic.ask(header('futian.lights:right'), 'a')).resolves.toBe(caller);
    now += 60_000;
    await expect(basic.ask(header('futian.lights:more'), 'b')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

test('a limit forgets the oldest names first, and what is long ago', () => {
  let now = 0;
  const limit = new FailureLimit({ most: 1, withinMs: 1_000 }, () => now);
  limit.count('first');
  for (let i = 0; i < 10_000; i += 1) limit.count(`name-${i}`);
  expect([limit.waitMs('first'), limit.waitMs('name-9999')]).toEqual([0, 1_000]);
  now = 1_000;
  expect(limit.waitMs('name-9999')).toBe(0);
});
