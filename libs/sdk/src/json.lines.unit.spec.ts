import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { jsonLines } from './json.lines.js';

let written: unknown[] = [];
const lines = () => jsonLines((line) => written.push(JSON.parse(line)));

beforeEach(() => {
  jest.useFakeTimers();
  written = [];
});
afterEach(() => {
  jest.useRealTimers();
});

describe('lines about events', () => {
  test('are samples, at most two a second of each stream', () => {
    const { published } = lines();
    for (let id = 0; id < 20; id++) {
      published({ id: String(id) }, 'weather.reading');
      published({ id: String(id) }, 'weather.alarm');
      jest.advanceTimersByTime(100);
    }
    expect(written.filter((line) => JSON.stringify(line).includes('weather.alarm'))).toHaveLength(4);
    expect(written.filter((line) => JSON.stringify(line).includes('weather.reading'))).toEqual(
      ['0', '5', '10', '15'].map((id) => ({ live: 'published', stream: 'weather.reading', id })),
    );
  });

  test('name an event without an id by its place', () => {
    const event = { id: null, topic: 'view.a.b.X', partition: 2, offset: 17n, data: { wind: 4n } };
    lines().received(event, { stream: 'a.b', principal: 'c.d' });
    expect(written).toEqual([
      { live: 'received', stream: 'a.b', topic: 'view.a.b.X', principal: 'c.d', id: '2/17', fields: { wind: '4' } },
    ]);
  });
});

test('a line about a problem holds no more than its code and message', () => {
  const cause = new Error('with all its details');
  const { problem } = lines();
  problem({ code: 'UNREACHABLE', message: 'No broker answers', cause } as Parameters<typeof problem>[0]);
  expect(written).toEqual([{ level: 'warn', code: 'UNREACHABLE', message: 'No broker answers' }]);
});
