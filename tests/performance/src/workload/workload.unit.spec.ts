import { describe, expect, test } from '@jest/globals';
import { benchViews, sourceSchema, topicOf } from './workload.js';

describe('the measured views', () => {
  const views = benchViews(16);

  test('are sixteen different ones of eight fields each, all with the key', () => {
    expect(new Set(views.map(({ identity }) => identity)).size).toBe(16);
    expect(new Set(views.map(topicOf)).size).toBe(16);
    for (const { definition } of views) {
      expect(definition.fields).toHaveLength(8);
      expect(definition.fields).toContain('orderId');
      expect(definition.masks).not.toHaveProperty('orderId');
    }
  });

  test('are the same in every run, keys of masks included', () => {
    expect(benchViews(16)).toEqual(views);
    expect(views.filter(({ maskKey }) => maskKey !== null).map(({ name }) => name)).toEqual(['v05']);
  });

  test('repeat on further streams under topics and ids of their own', () => {
    const further = benchViews(20, undefined, 100);
    expect(new Set([...views, ...further].map(({ schemaId }) => schemaId)).size).toBe(36);
  });

  test('are made of an event of twenty fields', () => {
    const { fields } = JSON.parse(sourceSchema()) as { fields: unknown[] };
    expect(fields).toHaveLength(20);
  });
});
