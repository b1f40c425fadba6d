import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type AccessRule, openAdmin, openTokenSource } from '@citystreams/kafka';
import { patience, waitUntil } from '@citystreams/testing';
import { openPlayground, type Playground } from './playground.js';

jest.setTimeout(patience(60_000));
let place: Playground;
beforeAll(() => {
  place = openPlayground();
});
afterAll(() => place.close());

describe('topics', () => {
  test('are created once, described with their settings, and deleted once', async () => {
    const name = `${place.prefix}administered`;
    const topic = { name, partitions: 3, configs: { 'retention.ms': '123456' } };
    expect(await place.admin.describeTopic(name)).toBeNull();
    expect(await place.admin.createTopic(topic)).toBe('created');
    expect(await place.admin.createTopic(topic)).toBe('exists');
    await place.admin.waitForTopic(name);
    const described = await place.admin.describeTopic(name);
    expect(described).toMatchObject({
      partitions: 3,
      configs: { 'retention.ms': '123456', 'cleanup.policy': 'delete' },
    });
    expect(await place.admin.topicNames()).toContain(name);
    expect((await place.admin.offsets(name)).get(2)).toEqual({ earliest: 0n, latest: 0n });
    expect(await place.admin.deleteTopic(name)).toBe('deleted');
    expect(await place.admin.deleteTopic(name)).toBe('absent');
  });

  test('with impossible settings are refused with the reason', async () => {
    const topic = { name: `${place.prefix}wrong`, partitions: 1, configs: { 'retention.ms': 'soon' } };
    await expect(place.admin.createTopic(topic)).rejects.toMatchObject({ kafkaError: 'INVALID_CONFIG' });
  });
});

test('a setting of a topic is changed, and the others stay', async () => {
  const name = `${place.prefix}kept`;
  await place.admin.createTopic({
    name,
    partitions: 1,
    configs: { 'retention.ms': '60000', 'max.message.bytes': '2048' },
  });
  await place.admin.waitForTopic(name);
  await place.admin.setTopicConfigs(name, { 'retention.ms': '120000' });
  const configs = async () => (await place.admin.describeTopic(name))?.configs ?? {};
  await waitUntil('it is changed', async () => (await configs())['retention.ms'] === '120000');
  expect(await configs()).toMatchObject({ 'max.message.bytes': '2048' });
  await expect(place.admin.setTopicConfigs(name, { 'retention.ms': 'soon' })).rejects.toMatchObject({
    kafkaError: 'INVALID_CONFIG',
  });
  await expect(place.admin.setTopicConfigs(`${name}-not`, {})).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC' });
});

describe('access rules', () => {
  const rule = (more: Partial<AccessRule>): AccessRule => ({
    principal: 'User:futian.operations',
    resourceType: 'topic',
    resourceName: `${place.prefix}view.a`,
    pattern: 'literal',
    operation: 'read',
    permission: 'allow',
    ...more,
  });

  test('are listed by the asked broker: prefixes, everybody and denials too', async () => {
    const literal = rule({});
    const prefixed = rule({ resourceName: `${place.prefix}view.`, pattern: 'prefixed', operation: 'describe' });
    const everybody = rule({ principal: 'User:*', permission: 'deny', operation: 'write' });
    const elsewhere = rule({ resourceName: `${place.prefix}view.ab` });
    await place.admin.allow([literal, prefixed, everybody, elsewhere]);
    const [broker] = await place.admin.brokers();
    const [address] = place.root.brokers;
    expect(broker?.id).toBeDefined();
    const about = { resourceType: 'topic', resourceName: literal.resourceName } as const;
    const list = async (principal: string | null) =>
      // Without the platform's own, which hold for every topic.
      (await place.admin.listRules(address ?? '', { ...about, principal })).filter(
        ({ resourceName }) => resourceName !== '*',
      );
    await waitUntil('the broker has them all', async () => (await list(null)).length === 3);
    expect(await list('User:futian.operations')).toEqual(expect.arrayContaining([literal, prefixed]));
    expect(await list('User:futian.operations')).toHaveLength(2);
    expect(await list(null)).toEqual(expect.arrayContaining([literal, prefixed, everybody]));
    expect(await place.admin.removeRules([literal, everybody])).toEqual(expect.arrayContaining([literal, everybody]));
    expect(await place.admin.removeRules([literal])).toEqual([]);
    await waitUntil('the broker has dropped two', async () => (await list(null)).length === 1);
    expect(await list(null)).toEqual([prefixed]);
    await place.admin.removeRules([prefixed, elsewhere]);
  });

  test('are not for everybody to change or see', async () => {
    const admin = openAdmin(await place.account('nobody'));
    await expect(admin.allow([rule({})])).rejects.toMatchObject({ code: 'NOT_AUTHORIZED' });
    const [address] = place.stack.kafka.brokers;
    const listed = admin.listRules(address ?? '', { resourceType: 'topic', resourceName: 'x', principal: null });
    await expect(listed).rejects.toMatchObject({ code: 'NOT_AUTHORIZED' });
    await admin.close();
  });
});

describe('whoever is not let in', () => {
  test('by the broker learns that it was the token', async () => {
    const { clientId, clientSecret, tokenEndpoint } = await place.stack.account(`${place.prefix}city.http-only`);
    const audience = 'urn:citystreams:http';
    const tokens = openTokenSource({ tokenEndpoint, clientId, clientSecret, audience });
    const admin = openAdmin({ ...place.stack.kafka, clientId, auth: { kind: 'token', tokens } });
    await expect(admin.brokers()).rejects.toMatchObject({ code: 'TOKEN_REFUSED', retriable: false });
    await admin.close();
    tokens.close();
  });

  test('by the issuer learns that it was the secret', async () => {
    const { clientId, tokenEndpoint } = await place.stack.account(`${place.prefix}city.forgetful`);
    const audience = 'urn:citystreams:kafka';
    const tokens = openTokenSource({ tokenEndpoint, clientId, clientSecret: 'wrong', audience });
    const admin = openAdmin({ ...place.stack.kafka, clientId, auth: { kind: 'token', tokens } });
    await expect(admin.brokers()).rejects.toMatchObject({ code: 'TOKEN_REFUSED', retriable: false });
    await admin.close();
    tokens.close();
  });
});
