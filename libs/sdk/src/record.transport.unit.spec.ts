import { describe, expect, test } from '@jest/globals';
import type { OutgoingRecord } from '@citystreams/kafka';
import { OneByOne } from './record.transport.js';

const record = (partition: number, text: string): OutgoingRecord => ({
  topic: 'weather.reading',
  partition,
  key: null,
  value: Buffer.from(text),
  headers: [],
});
const textOf = (records: readonly OutgoingRecord[]): string =>
  records.map(({ partition, value }) => `${value?.toString()}${partition}`).join(' ');

/** Fails the first attempt of every call. */
function stumbling(log: string[]) {
  let stumbled = false;
  return {
    async send(records: readonly OutgoingRecord[]) {
      stumbled = !stumbled;
      log.push(`${stumbled ? 'failed' : 'sent'} ${textOf(records)}`);
      if (stumbled) throw new Error('away');
    },
    close: async () => undefined,
  };
}
const untilItWorks = async (work: () => Promise<void>): Promise<void> => work().catch(() => untilItWorks(work));

describe('records that go out by a transport of the service', () => {
  test('go one partition at a time, each until it is there, and keep the order of the calls', async () => {
    const log: string[] = [];
    const out = new OneByOne(stumbling(log), untilItWorks);
    await Promise.all([out.send([record(0, 'a'), record(1, 'b'), record(0, 'c')]), out.send([record(0, 'd')])]);
    expect(log).toEqual(['failed a0 c0', 'sent a0 c0', 'failed b1', 'sent b1', 'failed d0', 'sent d0']);
  });

  test('do not stop for a call that failed for good', async () => {
    const log: string[] = [];
    const out = new OneByOne(stumbling(log), (work) => work());
    const [first, second] = await Promise.allSettled([out.send([record(0, 'a')]), out.send([record(0, 'b')])]);
    expect([first.status, second.status]).toEqual(['rejected', 'fulfilled']);
  });
});
