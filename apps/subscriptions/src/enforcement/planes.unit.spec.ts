import type { Ulid, ViewStatusMessage, ViewTopic } from '@citystreams/contracts';
import type { AccessRule } from '@citystreams/kafka';
import { describe, expect, test } from '@jest/globals';
import type { Case } from './case.js';
import { receiptFor } from './receipt.js';
import { lastStop, type Reports, routerAnswer, stoppedAt } from './router.plane.js';
import { type BrokerAnswer, rightsGone, rightsGranted } from './topic-rights.js';
import { flawOf, viewTopicFor } from './view-topic.js';

const NOW = new Date('2026-03-02T08:00:00Z');
const TOPIC = 'view.bao-an.flight-movement.01JZ0000000000000000000000' as ViewTopic;

const rule = (over: Partial<AccessRule> = {}): AccessRule => ({
  principal: 'User:futian.operations',
  resourceType: 'topic',
  resourceName: TOPIC,
  pattern: 'literal',
  operation: 'read',
  permission: 'allow',
  ...over,
});
const broker = (id: number, rules: AccessRule[], at = NOW): BrokerAnswer => ({
  broker: id,
  address: `127.0.0.1:909${id}`,
  answeredAt: at,
  rules,
});

describe('a right', () => {
  const principals = ['futian.operations'];

  test('is there when every broker lists it', () => {
    expect(rightsGranted([broker(1, [rule()]), broker(2, [rule({ operation: 'all' })])], principals).answer).toBe(
      'wanted',
    );
  });

  test.each<[string, BrokerAnswer[], string]>([
    ['one broker does not list it', [broker(1, [rule()]), broker(2, [])], '127.0.0.1:9092 lists no READ'],
    ['only DESCRIBE is listed', [broker(1, [rule({ operation: 'describe' })])], 'lists no READ'],
    ['it is somebody else’s', [broker(1, [rule({ principal: 'User:nanshan.operations' })])], 'lists no READ'],
    [
      'a denial is listed',
      [broker(1, [rule(), rule({ permission: 'deny', principal: 'User:*' })])],
      'lists DENY User:*',
    ],
  ])('is not there when %s', (_, brokers, shows) => {
    expect(rightsGranted(brokers, principals)).toMatchObject({
      answer: 'other',
      shows: expect.stringContaining(shows),
    });
  });

  test('is gone when no broker lists anything that allows', () => {
    expect(rightsGone([broker(1, []), broker(2, [rule({ permission: 'deny' })])]).answer).toBe('wanted');
    expect(
      rightsGone([broker(1, []), broker(2, [rule({ pattern: 'prefixed', resourceName: 'view.' })])]),
    ).toMatchObject({
      answer: 'other',
      shows: expect.stringMatching(/127\.0\.0\.1:9092 lists ALLOW .* on prefixed topic view\./),
    });
  });

  test('is neither there nor gone when no broker was asked', () => {
    expect(rightsGranted([], principals).answer).toBe('none');
    expect(rightsGone([]).answer).toBe('none');
  });
});

const report = (partition: number, over: Partial<ViewStatusMessage> = {}): [number, ViewStatusMessage] => [
  partition,
  {
    format: 1,
    view: '01JZ0000000000000000000000' as Ulid,
    partition,
    generation: 3,
    state: 'running',
    position: '10',
    stoppedAt: null,
    counts: { read: 0, written: 0, withheld: 0, quarantined: 0 },
    error: null,
    slot: '1',
    at: NOW.toISOString(),
    ...over,
  },
];

describe('the router', () => {
  const answer = (reports: [number, ViewStatusMessage][], state: 'running' | 'stopped' = 'running') =>
    routerAnswer(new Map(reports), 2, 3, state, NOW);

  test('has taken a view up when every partition runs under the wanted generation or a later one', () => {
    expect(answer([report(0), report(1, { generation: 4 })]).answer).toBe('wanted');
  });

  test.each<[string, [number, ViewStatusMessage][], string]>([
    ['a partition was never reported', [report(0)], 'partition 1'],
    ['a partition answers an older generation', [report(0), report(1, { generation: 2 })], 'generation 2, wanted is 3'],
    ['a partition failed', [report(0), report(1, { state: 'failed', error: 'no schema' })], 'failed: no schema'],
    ['a partition has stopped', [report(0, { state: 'stopped' }), report(1)], 'partition 0 is stopped'],
  ])('has not when %s', (_, reports, shows) => {
    expect(answer(reports)).toMatchObject({ answer: 'other', shows: expect.stringContaining(shows) });
  });

  test('has stopped when every partition says where', () => {
    const stopped: Reports = new Map([
      report(1, { state: 'stopped', stoppedAt: '7', at: '2026-03-02T08:00:05Z' }),
      report(0, { state: 'stopped' }),
    ]);
    expect(routerAnswer(stopped, 2, 3, 'stopped', NOW).answer).toBe('wanted');
    expect(stoppedAt(stopped)).toEqual([
      { partition: 0, stoppedAt: '10' },
      { partition: 1, stoppedAt: '7' },
    ]);
    expect(lastStop(stopped)).toEqual(new Date('2026-03-02T08:00:05Z'));
  });
});

describe('a view’s topic', () => {
  const view = { topic: TOPIC, partitions: 4, level: 'L2' as const, definition: { retentionMs: 1000 } as never };
  const found = (over: object = {}) => ({
    partitions: 4,
    id: 'x',
    configs: { ...viewTopicFor(view).configs, ...over },
  });

  test('keeps the source’s time at L1 and L2, and the time of writing from L3 on', () => {
    const type = (level: 'L1' | 'L2' | 'L3' | 'L4') =>
      viewTopicFor({ ...view, level }).configs['message.timestamp.type'];
    expect([type('L1'), type('L2'), type('L3'), type('L4')]).toEqual([
      'CreateTime',
      'CreateTime',
      'LogAppendTime',
      'LogAppendTime',
    ]);
  });

  test('is as it must be, or it is said what is not', () => {
    const wanted = viewTopicFor(view);
    expect(flawOf(wanted, found())).toBeNull();
    expect(flawOf(wanted, { ...found(), partitions: 3 })).toContain('has 3 partitions');
    expect(flawOf(wanted, found({ 'retention.ms': '9' }))).toContain('retention.ms is 9, not 1000');
  });
});

describe('a receipt', () => {
  const reports: Reports = new Map([report(0, { state: 'stopped', stoppedAt: '7', at: '2026-03-02T08:00:05Z' })]);
  const ended = { by: 'bao-an.steward', reasonCode: 'MISUSE', text: 'x', at: NOW.toISOString() };
  const it = { entitlement: { id: 'E', ended, validFrom: NOW, since: NOW }, otherHolders: [] } as unknown as Case;
  const observation = { answers: [], brokers: [broker(1, [], new Date('2026-03-02T08:00:02Z'))] };

  test('of a view of one’s own is effective at the later of the router’s stop and the brokers’ answers', () => {
    expect(receiptFor('revoked', it, observation, reports)).toMatchObject({
      decidedAt: NOW,
      effectiveAt: new Date('2026-03-02T08:00:05Z'),
      effectiveBecause: expect.stringContaining('0:7'),
      positions: [{ partition: 0, stoppedAt: '7' }],
    });
  });

  test('of a view that others hold waits out what was parked', () => {
    const shared = { ...it, otherHolders: [{}] } as unknown as Case;
    expect(receiptFor('revoked', shared, observation, reports)).toMatchObject({
      effectiveAt: new Date('2026-03-02T08:00:12Z'),
      positions: [],
    });
  });

  test('names what each broker listed', () => {
    const granted = { answers: [], brokers: [broker(1, [rule()])] };
    expect(receiptFor('granted', it, granted, reports).brokers).toEqual([
      {
        broker: 1,
        address: '127.0.0.1:9091',
        answeredAt: NOW.toISOString(),
        listed: [`ALLOW User:futian.operations READ on literal topic ${TOPIC}`],
      },
    ]);
  });
});
