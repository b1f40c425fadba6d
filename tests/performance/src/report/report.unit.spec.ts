import { describe, expect, test } from '@jest/globals';
import type { ThroughputRound } from '../experiments/throughput.js';
import { cpuBars } from './bars.svg.js';
import { throughputTables } from './markdown.js';
import { spreadOf } from './statistics.js';
import { summarise } from './throughput.summary.js';

function run(candidate: string, cpuWarm: number, rateAll: number) {
  const figures = {
    events: 1_000_000,
    cpuWarm,
    cpuAll: cpuWarm * 1.2,
    brokerCpuWarm: 1,
    firstCommit: 1,
    startCpu: 0.5,
    wall: 1e6 / rateAll,
    rateAll,
    rateWarm: rateAll * 1.5,
    residentMaxMiB: 128,
    residentEndMiB: 120,
  };
  return { candidate, figures, output: { hash: 'c093c5f6', records: 1, valueBytes: 2, views: [] }, memory: [] };
}

const round = (n: number, router: number, streams: number): ThroughputRound => ({
  round: n,
  views: 1,
  codec: 'none',
  tls: false,
  commitMs: 100,
  meanValueBytes: 300,
  runs: [run('streams', streams, 200_000), run('router', router, 1_000_000)],
});

describe('a summary', () => {
  const [summary] = summarise([round(0, 0.5, 6), round(1, 0.4, 6), round(2, 0.6, 9)]);

  test('puts the router first and takes medians', () => {
    expect(summary?.candidates.map(({ candidate }) => candidate)).toEqual(['router', 'streams']);
    expect(summary?.candidates[0]?.cpuWarm).toEqual({ median: 0.5, least: 0.4, most: 0.6, count: 3 });
  });

  test('compares within a round, not across', () => {
    // 12, 15 and 15 times; of medians it would be 12.
    expect(summary?.candidates[1]?.cpuTimes).toBeCloseTo(15);
    expect(summary?.candidates[1]?.rateTimes).toBeCloseTo(5);
  });

  test('keeps measurements with other views or another codec apart', () => {
    const apart = summarise([round(0, 1, 2), { ...round(0, 1, 2), views: 4 }, { ...round(0, 1, 2), codec: 'lz4' }]);
    expect(apart).toHaveLength(3);
  });

  test('becomes a table with a row for each candidate, and bars', () => {
    if (summary === undefined) throw new RangeError('no summary');
    const table = throughputTables([summary]).split('\n');
    expect(table.filter((line) => line.startsWith('| router') || line.startsWith('| streams'))).toHaveLength(2);
    expect(table.join('\n')).toContain('15.0x');
    expect(cpuBars([summary]).match(/<rect /g)).toHaveLength(3);
  });
});

describe('a spread', () => {
  test.each([
    [[3, 1, 2], 2],
    [[4, 1, 2, 3], 2.5],
    [[7], 7],
  ])('of %j has the median %d', (values, median) => {
    expect(spreadOf(values)).toMatchObject({ median, count: values.length });
  });
});
