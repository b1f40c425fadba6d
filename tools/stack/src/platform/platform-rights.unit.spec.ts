import { describe, expect, test } from '@jest/globals';
import { PLATFORM_RULES } from './platform-rights.js';

const of = (principal: string): string[] =>
  PLATFORM_RULES.filter((rule) => rule.principal === `User:${principal}`).map(
    (rule) => `${rule.operation} ${rule.resourceType} ${rule.resourceName}${rule.pattern === 'prefixed' ? '...' : ''}`,
  );

describe("the platform's rights from bootstrap", () => {
  test('only allow, and nothing to everybody', () => {
    expect(new Set(PLATFORM_RULES.map((rule) => rule.permission))).toEqual(new Set(['allow']));
    expect(PLATFORM_RULES.filter((rule) => rule.principal === 'User:*')).toEqual([]);
  });

  test('give the gateway nothing', () => {
    expect(of('citystreams.gateway')).toEqual([]);
  });

  test('let nobody read an agency stream or a view, and only the router what it put into quarantine', () => {
    const reads = PLATFORM_RULES.filter((rule) => rule.resourceType === 'topic' && rule.operation === 'read');
    expect(reads.filter((rule) => !rule.resourceName.startsWith('citystreams.'))).toEqual([
      expect.objectContaining({ principal: 'User:citystreams.router', resourceName: 'quarantine.' }),
    ]);
  });

  test('let the router write views, quarantines and its own status, and nothing else', () => {
    expect(of('citystreams.router').filter((rule) => rule.startsWith('write topic'))).toEqual([
      'write topic citystreams.view-status',
      'write topic citystreams.router-status',
      'write topic citystreams.quarantine',
      'write topic view....',
      'write topic quarantine....',
    ]);
  });

  test('let enforcement change rights but neither read nor write data', () => {
    expect(of('citystreams.enforcement')).toContain('alter cluster kafka-cluster');
    expect(of('citystreams.enforcement').filter((rule) => rule.startsWith('write'))).toEqual([]);
  });
});
