import { describe, expect, test } from '@jest/globals';
import { figuresOf, type Sample } from './watch.js';

const sample = (seconds: number, committed: number, cpu: number, residentMiB = 100): Sample => ({
  seconds,
  committed,
  cpu,
  brokerCpu: cpu / 2,
  residentMiB,
});

describe('figures of a run', () => {
  const samples = [
    sample(0.5, 0, 0.4),
    sample(1, 100_000, 1),
    sample(2, 600_000, 2, 150),
    sample(3, 800_000, 2.3),
    sample(4, 1_000_000, 3),
  ];

  test('count the second half from the first commit after it', () => {
    const figures = figuresOf(samples, 0);
    expect(figures.cpuWarm).toBeCloseTo(1 / 0.4);
    expect(figures.brokerCpuWarm).toBeCloseTo(0.5 / 0.4);
    expect(figures.rateWarm).toBeCloseTo(200_000);
  });

  test('count everything from the start of the process, before the first event too', () => {
    const figures = figuresOf(samples, 0);
    expect(figures).toMatchObject({ events: 1_000_000, cpuAll: 3, wall: 4, rateAll: 250_000, residentMaxMiB: 150 });
    expect(figures).toMatchObject({ firstCommit: 1, startCpu: 1 });
  });

  test('leave out what was committed before the program was started', () => {
    const figures = figuresOf(samples, 100_000);
    expect(figures.events).toBe(900_000);
    expect(figures.firstCommit).toBe(2);
  });

  test('are not made of a run in which nothing was committed', () => {
    expect(() => figuresOf([sample(1, 400, 1), sample(2, 400, 2)], 400)).toThrow(RangeError);
  });
});
