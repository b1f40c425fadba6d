import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { OutgoingEvent } from './event.records.js';
import { publishRows, runFeed } from './feed.js';

/** A resume point that keeps what it was given; `row` moves as the real one's does. */
function resumeAt(row: number, onBatch: (events: readonly OutgoingEvent[]) => void) {
  return {
    row,
    async publish(events: readonly OutgoingEvent[]) {
      onBatch(events);
      this.row += events.length;
      return events.length;
    },
  };
}

const eventOf = (row: number): OutgoingEvent => ({ id: String(row), data: { row } });
const stream = 'weather.reading';
const aborted = { name: 'AbortError' };

describe('a feed', () => {
  test('publishes every row once, from where it stopped, until it is told to stop', async () => {
    const stop = new AbortController();
    const rows: string[] = [];
    const told: string[] = [];
    const resume = resumeAt(40, (events) => {
      rows.push(...events.map(({ id }) => id));
      if (rows.length >= 9) stop.abort();
    });
    const onPublished = ({ id }: OutgoingEvent, of: string) => told.push(`${id} of ${of}`);
    const feed = publishRows(resume, { stream, eventOf, rate: 30, onPublished, signal: stop.signal });
    await expect(feed).rejects.toMatchObject(aborted);
    expect(rows).toEqual(['40', '41', '42', '43', '44', '45', '46', '47', '48']);
    expect(told).toEqual(['42 of weather.reading', '45 of weather.reading', '48 of weather.reading']);
  });

  test('keeps its rate', async () => {
    const stop = new AbortController();
    const at: number[] = [];
    const resume = resumeAt(0, () => {
      at.push(performance.now());
      if (at.length === 5) stop.abort();
    });
    const started = performance.now();
    const feed = publishRows(resume, { stream, eventOf, rate: 50, signal: stop.signal });
    await expect(feed).rejects.toMatchObject(aborted);
    // Five events a batch: the fifth batch is due four tenths of a second after the first.
    expect((at[4] ?? 0) - started).toBeGreaterThan(350);
  });

  test('waits for rows that come from elsewhere', async () => {
    const stop = new AbortController();
    const rows: string[] = [];
    const resume = resumeAt(7, (events) => {
      rows.push(...events.map(({ id }) => id));
      stop.abort();
    });
    const late = async (row: number) => eventOf(row);
    const feed = publishRows(resume, { stream, eventOf: late, rate: 30, signal: stop.signal });
    await expect(feed).rejects.toMatchObject(aborted);
    expect(rows).toEqual(['7', '8', '9']);
  });

  test('ends with the failure that its publisher cannot cure', async () => {
    const resume = resumeAt(0, () => {
      throw new RangeError('does not fit');
    });
    const { signal } = new AbortController();
    await expect(publishRows(resume, { stream, eventOf, rate: 1, signal })).rejects.toThrow(RangeError);
  });
});

describe('a feed that is told to stop while it waits for Kafka', () => {
  test('ends, and leaves nothing behind', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'feed-'));
    const stop = new AbortController();
    const tokens = { token: () => Promise.reject(new Error('away')), close: () => undefined };
    const field = {
      name: 'station',
      type: 'string',
      doc: 'x',
      classification: { level: 'L1', category: 'identifier' },
    };
    const feed = runFeed({
      stream,
      kafka: {
        brokers: ['127.0.0.1:1'],
        clientId: 'weather.station',
        securityProtocol: 'SASL_PLAINTEXT',
        auth: { kind: 'token', tokens },
      },
      registry: { url: 'http://127.0.0.1:1', tokens },
      source: '/weather.station',
      contract: { type: 'record', name: 'Reading', doc: 'x', key: 'station', fields: [field] },
      stateDir: join(folder, 'state'),
      rate: 1,
      eventOf,
      signal: stop.signal,
    });
    setImmediate(() => stop.abort());
    await feed;
    expect(await readdir(folder)).toEqual([]);
    await rm(folder, { recursive: true });
  });
});
