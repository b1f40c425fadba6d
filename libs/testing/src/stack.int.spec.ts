import { afterAll, describe, expect, test } from '@jest/globals';
import { type KafkaSettings, openAdmin, openFollower, openProducer } from '@citystreams/kafka';
import { Client } from 'pg';
import { stack } from './stack.js';
import { patience, waitUntil } from './wait-until.js';

const { account, connectAs, freshDatabase, freshTopicPrefix, internalKafka, postgres } = stack();
const closers: (() => void | Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

async function topicReadableBy(principal: string): Promise<string> {
  const admin = openAdmin(internalKafka);
  closers.push(() => admin.close());
  const name = `${freshTopicPrefix()}agency.event`;
  await admin.createTopic({ name, partitions: 1 });
  const rule = {
    principal: `User:${principal}`,
    resourceType: 'topic',
    resourceName: name,
    pattern: 'literal',
    permission: 'allow',
  } as const;
  await admin.allow([
    { ...rule, operation: 'read' },
    { ...rule, operation: 'write' },
  ]);
  await admin.waitForTopic(name);
  return name;
}

async function connected(principal: string): Promise<KafkaSettings> {
  const { settings, close } = await connectAs(principal);
  closers.push(close);
  return settings;
}

const sendOne = async (settings: KafkaSettings, topic: string): Promise<void> => {
  const producer = openProducer(settings, { retries: 2 });
  closers.push(() => producer.close());
  await producer.send([{ topic, key: null, value: Buffer.from('hello'), headers: [] }]);
};

describe('the test stack', () => {
  test(
    'lets an account write and read what it was granted',
    async () => {
      const principal = `${freshTopicPrefix()}agency.writer`;
      const topic = await topicReadableBy(principal);
      const settings = await connected(principal);
      await sendOne(settings, topic);
      const received: string[] = [];
      const follower = openFollower(settings, {
        topic,
        onRecord: (record) => void received.push(String(record.value)),
      });
      closers.push(() => follower.close());
      await waitUntil('the record is there', () => received.length > 0);
      expect(received).toEqual(['hello']);
    },
    patience(30_000),
  );

  test(
    'denies by default',
    async () => {
      const topic = await topicReadableBy('nobody.else');
      const settings = await connected(`${freshTopicPrefix()}agency.stranger`);
      await expect(sendOne(settings, topic)).rejects.toMatchObject({ code: 'NOT_AUTHORIZED' });
    },
    patience(30_000),
  );

  test('keeps the secret of an account that two specs add at the same time', async () => {
    const principal = `${freshTopicPrefix()}agency.shared`;
    const [one, other] = await Promise.all([account(principal), account(principal)]);
    expect(other.clientSecret).toBe(one.clientSecret);
  });

  test('gives each spec a database in which one service cannot see the other', async () => {
    const [one, other] = await Promise.all([freshDatabase(), freshDatabase()]);
    closers.push(one.drop, other.drop);
    const owner = await connectedTo(one.services.catalogue.ownerUrl);
    await owner.query('CREATE TABLE streams (name text)');
    const service = await connectedTo(one.services.catalogue.url);
    await expect(service.query('CREATE TABLE more (name text)')).rejects.toMatchObject({ code: '42501' });
    const stranger = await connectedTo(one.services.subscriptions.url);
    await expect(stranger.query('SELECT * FROM catalogue.streams')).rejects.toMatchObject({ code: '42501' });
    const elsewhere = await connectedTo(other.services.catalogue.ownerUrl);
    await expect(elsewhere.query('SELECT * FROM streams')).rejects.toMatchObject({ code: '42P01' });
  });

  test('refuses a wrong password', async () => {
    const url = new URL(postgres.adminUrl);
    url.password = 'wrong';
    const client = new Client({ connectionString: url.href });
    await expect(client.connect()).rejects.toMatchObject({ code: '28P01' });
  });
});

async function connectedTo(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined); // its database may be dropped first
  await client.connect();
  closers.push(() => client.end());
  return client;
}
