import { expect, test } from '@jest/globals';
import { summary } from './summary.js';

test('the table names addresses, ports that moved, the time it took and how to get in', () => {
  const text = summary({
    rows: [
      { name: 'gateway', address: 'http://127.0.0.1:8090', note: 'the HTTP API', movedFrom: 8080 },
      { name: 'Kafka', address: '127.0.0.1:9092' },
    ],
    seconds: 12.34,
    dataDirectory: '/data',
    people: ['futian.steward', 'cdo'],
  }).join('\n');
  expect(text).toContain('ready after 12.3 s');
  expect(text).toContain('  gateway   http://127.0.0.1:8090   the HTTP API (port 8080 was in use)');
  expect(text).toContain('  Kafka     127.0.0.1:9092\n');
  expect(text).toContain('npx citystreams login futian.steward   others: cdo');
});

test('where nobody can log in, it does not say how', () => {
  const text = summary({ rows: [{ name: 'catalogue', address: 'x' }], seconds: 1, dataDirectory: '/data', people: [] });
  expect(text.join('\n')).not.toContain('login');
  expect(text).toContain('  Accounts   with their secrets, are in /data/stack.json');
});
