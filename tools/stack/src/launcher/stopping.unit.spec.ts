import { describe, expect, test } from '@jest/globals';
import { PARTS, type Part, STOP_ORDER } from './parts.js';
import { type RunningPart, stopInOrder } from './stopping.js';

const log: string[] = [];
function part(name: string, of: Part, end: () => Promise<void> = async () => undefined): RunningPart {
  return {
    name,
    part: of,
    stop: async () => {
      log.push(name);
      await end();
    },
    kill: () => void log.push(`killed ${name}`),
  };
}

describe('stopping', () => {
  test('knows a place for every part', () => {
    expect(STOP_ORDER.flat().toSorted()).toEqual([...PARTS].toSorted());
  });

  test('ends users before what they use, whatever order they started in', async () => {
    log.length = 0;
    await stopInOrder(
      [
        part('kafka', 'kafka'),
        part('postgres', 'postgres'),
        part('identity', 'identity'),
        part('catalogue', 'catalogue'),
        part('subscriptions', 'subscriptions'),
        part('router', 'router'),
        part('gateway', 'gateway'),
        part('futian.operations', 'agencies'),
        part('bao-an.flight-desk', 'agencies'),
      ],
      Date.now,
    );
    expect(log).toEqual([
      ...['futian.operations', 'bao-an.flight-desk', 'gateway', 'router'],
      ...['catalogue', 'subscriptions', 'identity', 'postgres', 'kafka'],
    ]);
  });

  test('kills what cannot be stopped, and goes on', async () => {
    log.length = 0;
    const broken = part('router', 'router', async () => {
      throw new Error('no');
    });
    expect(await stopInOrder([part('kafka', 'kafka'), broken], Date.now)).toEqual(['router']);
    expect(log).toEqual(['router', 'killed router', 'kafka']);
  });

  test('gives nobody more time than leaves the others some, so that all of it takes at most ten seconds', async () => {
    let clock = 0;
    const graces: number[] = [];
    const slow = (name: Part): RunningPart => ({
      name,
      part: name,
      stop: async (graceMs) => {
        graces.push(graceMs);
        clock += graceMs;
      },
      kill: () => undefined,
    });
    // One of each step: those of one step stop at the same time.
    await stopInOrder(
      STOP_ORDER.flatMap(([first]) => (first === undefined ? [] : [slow(first)])),
      () => clock,
    );
    expect(clock).toBeLessThanOrEqual(9_000);
    expect(Math.min(...graces)).toBeGreaterThanOrEqual(600);
  });
});
