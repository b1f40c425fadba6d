import { beforeEach, describe, expect, test } from '@jest/globals';
import { Reception } from './reception.js';

let active: { id: string; topic: string }[] = [];
let log: string[] = [];

const reception = () =>
  new Reception(
    async () => active,
    ({ topic }) => {
      log.push(`open ${topic}`);
      return { close: async () => void log.push(`close ${topic}`) };
    },
  );

beforeEach(() => {
  active = [{ id: '1', topic: 'weather' }];
  log = [];
});

describe('a consumer', () => {
  test('receives what it is entitled to, once, however often it asks', async () => {
    const receiving = reception();
    await Promise.all([receiving.update(), receiving.update()]);
    expect(log).toEqual(['open weather']);
  });

  test('stops what ended and begins what was granted', async () => {
    const receiving = reception();
    await receiving.update();
    active = [{ id: '2', topic: 'flights' }];
    await receiving.update();
    expect(log).toEqual(['open weather', 'close weather', 'open flights']);
  });

  test('goes on with what it has while nobody says what it may read', async () => {
    const receiving = new Reception(
      async () => {
        if (active.length === 0) throw new Error('away');
        return active;
      },
      ({ topic }) => ({ close: async () => void log.push(`close ${topic}`) }),
    );
    await receiving.update();
    active = [];
    await expect(receiving.update()).rejects.toThrow('away');
    active = [{ id: '1', topic: 'weather' }];
    await receiving.update();
    expect(log).toEqual([]);
  });

  test('closes everything at the end', async () => {
    const receiving = reception();
    await receiving.update();
    await receiving.close();
    expect(log).toEqual(['open weather', 'close weather']);
  });
});
