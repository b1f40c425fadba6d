import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { enqueue, openRelay, type OutboxRelay, outboxTableStatements, type RelayMessage } from '@citystreams/outbox';
import { patience, waitUntil } from '@citystreams/testing';
import { Client, Pool } from 'pg';
import { type BreakableWire, breakableWire } from '../postgres/breakable-wire.js';
import { type EmptyServiceDatabase, emptyServiceDatabase } from '../postgres/service-database.js';

let place: EmptyServiceDatabase;
let wire: BreakableWire;
let writers: Pool;
let relays: OutboxRelay[];
let sent: RelayMessage[];
let problems: unknown[];

beforeAll(async () => {
  place = await emptyServiceDatabase();
  const { hostname, port } = new URL(place.url);
  wire = await breakableWire(hostname, Number(port));
  const owner = new Client({ connectionString: place.ownerUrl });
  await owner.connect();
  for (const statement of outboxTableStatements(place.schema)) await owner.query(statement);
  await owner.query(`GRANT USAGE ON SCHEMA ${place.schema} TO ${place.schema}`);
  await owner.query(`GRANT SELECT, INSERT, DELETE ON ${place.schema}.outbox TO ${place.schema}`);
  await owner.end();
  writers = new Pool({ connectionString: place.url, max: 10 });
  writers.on('error', () => undefined); // Cut on purpose.
});
beforeEach(() => {
  relays = [];
  sent = [];
  problems = [];
});
afterEach(async () => {
  wire.mend();
  await Promise.all(relays.map((relay) => relay.close()));
  await place.admin(`TRUNCATE ${place.schema}.outbox`);
});
afterAll(async () => {
  await writers.end();
  await wire.close();
  await place.drop();
});

type Publish = (messages: readonly RelayMessage[]) => Promise<void>;
const keep: Publish = async (messages) => {
  sent.push(...messages);
};
const relay = (publish: Publish = keep, connectionString = place.url) => {
  const opened = openRelay({ connectionString, schema: place.schema, publish, onProblem: (e) => problems.push(e) });
  relays.push(opened);
  return opened;
};
const throughWire = () => {
  const url = new URL(place.url);
  url.port = String(wire.port);
  return url.href;
};
const write = async (keys: string[], outcome: 'COMMIT' | 'ROLLBACK' = 'COMMIT') => {
  const client = await writers.connect();
  try {
    await client.query('BEGIN');
    const messages = keys.map((key) => ({ topic: 'city.permits', key, type: 'permit', payload: { key } }));
    await enqueue(client, place.schema, messages);
    await client.query(outcome);
  } finally {
    client.release();
  }
};
const keys = () => sent.map(({ key }) => key);
const waitFor = (reached: () => boolean | Promise<boolean>) =>
  waitUntil('the relay did its work', reached, { timeoutMs: 20_000, intervalMs: 10 });
const rows = async () => (await place.admin(`SELECT 1 FROM ${place.schema}.outbox`)).length;

jest.setTimeout(patience(30_000));

describe('the outbox relay', () => {
  test('sends what was committed, as JSON, and never what was rolled back', async () => {
    relay();
    await write(['undone'], 'ROLLBACK');
    await write(['a', 'b']);
    await waitFor(() => sent.length === 2);
    expect(sent).toEqual([
      { topic: 'city.permits', key: 'a', payload: '{"key":"a"}' },
      { topic: 'city.permits', key: 'b', payload: '{"key":"b"}' },
    ]);
    await waitFor(async () => (await rows()) === 0);
  });

  test('is woken, not polled: a message leaves long before the next poll', async () => {
    const subject = relay();
    await waitFor(() => subject.health().ok);
    const began = Date.now();
    await write(['now']);
    await waitFor(() => sent.length === 1);
    expect(Date.now() - began).toBeLessThan(2_000);
  });

  test('sends in the order of commit: no message becomes visible before an older one', async () => {
    const snapshots: string[][] = [];
    const look = async () => {
      const found = await place.admin<{ key: string }>(
        `SELECT aggregateid AS key FROM ${place.schema}.outbox ORDER BY sequence`,
      );
      snapshots.push(found.map(({ key }) => key));
      return found.length;
    };
    const writing = Promise.all(Array.from({ length: 40 }, (_, n) => write([`${n}-1`, `${n}-2`])));
    await waitFor(async () => (await look()) === 80);
    await writing;
    relay();
    await waitFor(() => sent.length === 80);
    for (const seen of snapshots) expect(seen).toEqual(keys().slice(0, seen.length));
  });

  test('repeats a batch that failed, whole and before anything newer', async () => {
    let attempts = 0;
    const subject = relay(async (messages) => {
      if (++attempts <= 2) throw new Error('the broker is away');
      await keep(messages);
    });
    await write(['a', 'b']);
    await waitFor(() => attempts > 0);
    await write(['c']);
    await waitFor(() => sent.length === 3);
    expect(keys()).toEqual(['a', 'b', 'c']);
    expect(problems).toHaveLength(2);
    await waitFor(() => subject.health().ok);
  });

  test('says that it cannot send while it cannot', async () => {
    const subject = relay(() => Promise.reject(new Error('the broker is away')));
    await write(['a']);
    await waitFor(() => subject.health().reason === 'the outbox relay cannot send');
    expect(await rows()).toBe(1);
  });

  test('goes on after a lost connection, and loses nothing', async () => {
    const subject = relay(keep, throughWire());
    await write(['a']);
    await waitFor(() => sent.length === 1);
    wire.cut();
    await write(['b', 'c']);
    await waitFor(() => !subject.health().ok);
    wire.mend();
    await waitFor(() => keys().includes('c'));
    expect(keys().filter((key) => key !== 'a')).toEqual(['b', 'c']);
    await waitFor(async () => (await rows()) === 0);
  });

  test('what was sent but not forgotten in time is sent again: at least once', async () => {
    relay(async (messages) => {
      await keep(messages);
      if (sent.length === 1) await place.cutSessions();
    });
    await write(['a']);
    await waitFor(() => sent.length === 2);
    expect(keys()).toEqual(['a', 'a']);
  });

  test('works in one replica at a time, and another takes over when it closes', async () => {
    const byFirst: string[] = [];
    const bySecond: string[] = [];
    const into =
      (list: string[]): Publish =>
      async (messages) => {
        list.push(...messages.map(({ key }) => key));
      };
    const first = relay(into(byFirst));
    await waitFor(() => first.health().ok);
    const second = relay(into(bySecond));
    await waitFor(() => second.health().ok);
    await write(['a']);
    await waitFor(() => byFirst.length === 1);
    await first.close();
    await write(['b']);
    await waitFor(() => bySecond.length === 1);
    expect([byFirst, bySecond]).toEqual([['a'], ['b']]);
  });

  test('closes at once while PostgreSQL is away', async () => {
    wire.cut();
    const subject = relay(keep, throughWire());
    await waitFor(() => problems.length > 3);
    const began = Date.now();
    await subject.close();
    expect(Date.now() - began).toBeLessThan(2_000);
  });
});
