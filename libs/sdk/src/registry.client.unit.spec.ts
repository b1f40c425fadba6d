import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { KafkaFailure } from '@citystreams/kafka';
import { RegistryClient } from './registry.client.js';

const fetching = jest.spyOn(globalThis, 'fetch');
const answer = (status: number, body: unknown): Response => new Response(JSON.stringify(body), { status });
const tokens = { token: async () => 't', close: () => undefined };
const client = () => new RegistryClient({ url: 'http://registry/', tokens });
const asked = () => fetching.mock.calls.map(([url, request]) => [request?.method, url]);

beforeEach(() => {
  fetching.mockReset();
});

describe('the registry client', () => {
  test('looks a schema up before it registers it', async () => {
    fetching.mockResolvedValueOnce(answer(200, { id: 7, version: 1 }));
    expect(await client().idOf('a.b-value', '{}')).toBe(7);
    expect(asked()).toEqual([['POST', 'http://registry/subjects/a.b-value']]);
  });

  test('registers a schema that is not there', async () => {
    fetching.mockResolvedValueOnce(answer(404, { error_code: 40403, message: 'Schema not found' }));
    fetching.mockResolvedValueOnce(answer(200, { id: 8 }));
    expect(await client().idOf('a.b-value', '{}')).toBe(8);
    expect(asked()[1]).toEqual(['POST', 'http://registry/subjects/a.b-value/versions']);
  });

  test('asks for a schema once, and again only after a failure', async () => {
    fetching.mockResolvedValueOnce(answer(503, {})).mockResolvedValueOnce(answer(200, { schema: '"string"' }));
    const registry = client();
    await expect(registry.schema(3)).rejects.toMatchObject({ code: 'UNREACHABLE', retriable: true });
    expect(await Promise.all([registry.schema(3), registry.schema(3)])).toEqual(['"string"', '"string"']);
    expect(fetching).toHaveBeenCalledTimes(2);
  });

  test.each([
    [409, 'INCOMPATIBLE', false],
    [422, 'INVALID', false],
    [403, 'REFUSED', true],
    [401, 'REFUSED', true],
    [500, 'UNREACHABLE', true],
  ])('reads status %d as %s', async (status, code, retriable) => {
    fetching.mockResolvedValueOnce(answer(status, { message: 'because' }));
    await expect(client().idOf('a.b-value', '{}')).rejects.toMatchObject({ code, retriable });
  });

  test('passes on that there is no token', async () => {
    const refused = { ...tokens, token: () => Promise.reject(new KafkaFailure('TOKEN_REFUSED', 'no')) };
    const registry = new RegistryClient({ url: 'http://registry', tokens: refused });
    await expect(registry.schema(1)).rejects.toMatchObject({ code: 'REFUSED' });
    expect(fetching).not.toHaveBeenCalled();
  });
});
