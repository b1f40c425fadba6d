import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { openTokenSource } from './token.source.js';

const options = { tokenEndpoint: 'http://issuer/token', clientId: 'a.b', clientSecret: 's:%é', audience: 'urn:x' };
const fetching = jest.spyOn(globalThis, 'fetch');
const grant = (token: string, seconds = 100): Response =>
  new Response(JSON.stringify({ access_token: token, expires_in: seconds }), { status: 200 });

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
  fetching.mockReset();
});
afterEach(() => {
  jest.useRealTimers();
});
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a token source', () => {
  test('asks once, however many wait, and serves the same token', async () => {
    fetching.mockResolvedValueOnce(grant('one'));
    const source = openTokenSource(options);
    expect(fetching).not.toHaveBeenCalled();
    expect(await Promise.all([source.token(), source.token(), source.token()])).toEqual(['one', 'one', 'one']);
    expect(await source.token()).toBe('one');
    expect(fetching).toHaveBeenCalledTimes(1);
  });

  test('sends the credentials as RFC 6749 says, and the audience as resource', async () => {
    fetching.mockResolvedValueOnce(grant('one'));
    await openTokenSource(options).token();
    const [, request] = fetching.mock.calls[0] ?? [];
    const headers = request?.headers as Record<string, string>;
    expect(Buffer.from(headers['authorization']?.slice(6) ?? '', 'base64').toString()).toBe('a.b:s%3A%25%C3%A9');
    expect(request?.body).toEqual(new URLSearchParams({ grant_type: 'client_credentials', resource: 'urn:x' }));
  });

  test('renews at half life without making anybody wait', async () => {
    fetching.mockResolvedValueOnce(grant('one')).mockResolvedValueOnce(grant('two'));
    const source = openTokenSource(options);
    await source.token();
    jest.advanceTimersByTime(49_000);
    await source.token();
    expect(fetching).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(2_000);
    expect(await source.token()).toBe('one');
    await settle();
    expect(await source.token()).toBe('two');
  });

  test('serves the old token while the issuer is down, until it ends', async () => {
    fetching.mockResolvedValueOnce(grant('one')).mockRejectedValue(new Error('ECONNREFUSED'));
    const source = openTokenSource(options);
    await source.token();
    jest.advanceTimersByTime(90_000);
    expect(await source.token()).toBe('one');
    await settle();
    expect(await source.token()).toBe('one');
    jest.advanceTimersByTime(10_000);
    await expect(source.token()).rejects.toMatchObject({ code: 'TOKEN_UNAVAILABLE', retriable: true });
  });

  test('tells wrong credentials from an issuer in trouble, without the secret', async () => {
    fetching.mockResolvedValueOnce(new Response('{"error":"invalid_client"}', { status: 401 }));
    fetching.mockResolvedValueOnce(new Response('oops', { status: 503 }));
    const source = openTokenSource(options);
    const refused = source.token();
    await expect(refused).rejects.toMatchObject({ code: 'TOKEN_REFUSED', retriable: false });
    await expect(refused).rejects.not.toThrow('s:%');
    await expect(source.token()).rejects.toMatchObject({ code: 'TOKEN_UNAVAILABLE' });
  });

  describe('of an issuer', () => {
    const { tokenEndpoint, ...account } = options;
    const ofIssuer = { ...account, issuer: 'http://issuer/' };
    const configuration = (): Response => new Response(JSON.stringify({ token_endpoint: tokenEndpoint }));

    test('asks it where its token endpoint is, once, when the first token is needed', async () => {
      fetching.mockResolvedValueOnce(configuration()).mockResolvedValueOnce(grant('one', 1));
      fetching.mockResolvedValueOnce(grant('two'));
      const source = openTokenSource(ofIssuer);
      expect(fetching).not.toHaveBeenCalled();
      expect(await Promise.all([source.token(), source.token()])).toEqual(['one', 'one']);
      expect(await source.token()).toBe('two');
      expect(fetching.mock.calls.map(([url]) => url)).toEqual([
        'http://issuer/.well-known/openid-configuration',
        tokenEndpoint,
        tokenEndpoint,
      ]);
    });

    test('asks again after the issuer was away or in trouble', async () => {
      fetching.mockRejectedValueOnce(new Error('ECONNREFUSED'));
      fetching.mockResolvedValueOnce(new Response('{"error":"starting"}', { status: 503 }));
      fetching.mockResolvedValueOnce(configuration()).mockResolvedValueOnce(grant('one'));
      const source = openTokenSource(ofIssuer);
      await expect(source.token()).rejects.toMatchObject({ code: 'TOKEN_UNAVAILABLE', retriable: true });
      await expect(source.token()).rejects.toMatchObject({ code: 'TOKEN_UNAVAILABLE', retriable: true });
      expect(await source.token()).toBe('one');
    });

    test('does not wait for an address that is no issuer', async () => {
      fetching.mockResolvedValueOnce(new Response('{}'));
      await expect(openTokenSource(ofIssuer).token()).rejects.toMatchObject({ retriable: false });
    });
  });
});
