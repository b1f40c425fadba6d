import type { StreamName } from '@citystreams/contracts';
import { expect, test } from '@jest/globals';
import { QuarantineLog } from './quarantine.log.js';

test('the first of each kind is told at once, the others by their number', () => {
  const said: string[] = [];
  const log = new QuarantineLog((line) => said.push(line));
  const place = { stream: 'a.b' as StreamName, partition: 2, topicId: 't' };
  for (let offset = 5; offset < 1000; offset++) log.note(place, 'NOT_AVRO', offset);
  log.note(place, 'TOMBSTONE', 1000);
  expect(said).toEqual(['a.b 2/5 is quarantined: NOT_AVRO', 'a.b 2/1000 is quarantined: TOMBSTONE']);
  log.flush();
  expect(said.slice(2)).toEqual(['a.b 2: NOT_AVRO: 994 more are quarantined, the last at 999']);
  log.note(place, 'NOT_AVRO', 1001);
  expect(said.at(-1)).toBe('a.b 2/1001 is quarantined: NOT_AVRO');
  log.flush();
});
