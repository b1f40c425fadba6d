import type { AgencyId, PrincipalId, StreamMessage } from '@citystreams/contracts';
import type { AccessRule } from '@citystreams/kafka';
import { describe, expect, test } from '@jest/globals';
import { objectsOfAccount, objectsOfAgency, objectsOfStream, outlivedRules } from './platform-objects.js';

const stream = {
  stream: 'bao-an.flight-movement',
  publishers: ['bao-an.flight-desk'],
  retentionMs: 86_400_000,
  partitions: 4,
} as unknown as StreamMessage;

const lines = (rules: readonly AccessRule[]): string[] =>
  rules.map((r) => `${r.permission} ${r.principal} ${r.operation} ${r.resourceType} ${r.pattern} ${r.resourceName}`);

describe('what Kafka holds without a decision', () => {
  test('only its publishers write a source, and only the router reads it', () => {
    expect(lines(objectsOfStream(stream).rules)).toEqual([
      'allow User:bao-an.flight-desk write topic literal bao-an.flight-movement',
      'allow User:bao-an.flight-desk describe topic literal bao-an.flight-movement',
      'allow User:citystreams.router read topic literal bao-an.flight-movement',
      'allow User:citystreams.router describe topic literal bao-an.flight-movement',
      'allow User:citystreams.catalogue describe topic literal bao-an.flight-movement',
    ]);
  });

  test('what is quarantined is kept as long as the source, in as many partitions', () => {
    const { topics } = objectsOfStream(stream);
    expect(topics.map((t) => [t.name, t.partitions, t.configs['retention.ms']])).toEqual([
      ['bao-an.flight-movement', 4, '86400000'],
      ['quarantine.bao-an.flight-movement', 4, '86400000'],
    ]);
  });

  test('an account names groups and transactions after itself, and the dot keeps its neighbours out', () => {
    expect(lines(objectsOfAccount('futian.operations' as PrincipalId).rules)).toEqual([
      'allow User:futian.operations read group prefixed futian.operations.',
      'allow User:futian.operations describe group prefixed futian.operations.',
      'allow User:futian.operations write transactional-id prefixed futian.operations.',
      'allow User:futian.operations describe transactional-id prefixed futian.operations.',
      'allow User:futian.operations read topic literal notice.futian',
      'allow User:futian.operations describe topic literal notice.futian',
    ]);
  });

  test('an agency has one channel of notices, in one order', () => {
    expect(objectsOfAgency('futian' as AgencyId).topics).toMatchObject([{ name: 'notice.futian', partitions: 1 }]);
  });

  test('who was a publisher loses both rights; who only looks, and rules over more topics, stay', () => {
    const before = objectsOfStream({ ...stream, publishers: ['bao-an.flight-desk', 'bao-an.old-desk'] } as never).rules;
    const over = {
      ...before[0],
      principal: 'User:bao-an.other',
      pattern: 'prefixed',
      resourceName: 'bao-an.',
    } as never;
    expect(lines(outlivedRules(stream, [...before, over]))).toEqual([
      'allow User:bao-an.old-desk write topic literal bao-an.flight-movement',
      'allow User:bao-an.old-desk describe topic literal bao-an.flight-movement',
    ]);
    expect(outlivedRules(stream, objectsOfStream(stream).rules)).toEqual([]);
    expect(lines(outlivedRules({ ...stream, publishers: [] }, objectsOfStream(stream).rules))).toHaveLength(2);
  });
});
