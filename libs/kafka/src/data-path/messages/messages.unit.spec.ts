import { describe, expect, test } from '@jest/globals';
import { KafkaFailure } from '../../failure.js';
import { RequestWriter } from '../wire/request.writer.js';
import { completeRequest, writeRequestHeader } from '../wire/request.header.js';
import { uuidBytes } from '../wire/answer.reader.js';
import { API_VERSIONS } from './api.versions.js';
import { readAssignment, readSubscription, writeAssignment, writeSubscription } from './consumer.protocol.js';
import { END_TXN } from './end.txn.js';
import { type FetchedPart, fetchMessage } from './fetch.js';
import { FIND_COORDINATOR } from './find.coordinator.js';
import { HEARTBEAT } from './heartbeat.js';
import { INIT_PRODUCER_ID } from './init.producer.id.js';
import { JOIN_GROUP } from './join.group.js';
import { LEAVE_GROUP } from './leave.group.js';
import { EARLIEST, LIST_OFFSETS } from './list.offsets.js';
import type { Message } from './message.js';
import { METADATA } from './metadata.js';
import { OFFSET_FETCH } from './offset.fetch.js';
import { PRODUCE } from './produce.js';
import { bodyOf, readFrom, sample } from './samples/samples.js';
import { SASL_AUTHENTICATE } from './sasl.authenticate.js';
import { SASL_HANDSHAKE } from './sasl.handshake.js';
import { SYNC_GROUP } from './sync.group.js';
import { TXN_OFFSET_COMMIT } from './txn.offset.commit.js';

const TOPIC_ID = '00010203-0405-0607-0809-0a0b0c0d0e0f';
const OTHER_ID = 'f0f1f2f3-f4f5-f6f7-f8f9-fafbfcfdfeff';
const TRANSACTIONAL_ID = 'citystreams.router.1';
const GROUP = 'citystreams.router.shared';
const IDENTITY = { producerId: 2n ** 55n, epoch: 3 };
const MEMBER = { group: GROUP, generation: 8, memberId: 'member-1', instanceId: 'slot-1' };
const bytes = (text: string) => Buffer.from(text);

/** What a fetch answer gives to its visitor, copied. */
const parts: unknown[] = [];
const FETCH = fetchMessage({
  part({ bytes, recordsStart, recordsEnd, topicIdAt, ...part }: FetchedPart) {
    const topicId = bytes.toString('hex', topicIdAt, topicIdAt + 16);
    parts.push({ ...part, topicId, records: bytes.toString('utf8', recordsStart, recordsEnd) });
  },
});
const fetchPartition = (id: Buffer) => ({ topicId: id, partition: 1, leaderEpoch: 5, fetchOffset: 2 ** 41 });
const [topicId, otherId] = [uuidBytes(TOPIC_ID), uuidBytes(OTHER_ID)];

const request = <R>(name: string, message: Message<R, unknown>, content: R) => ({
  name: `${message.name} ${name}`,
  ours: () => bodyOf(message, content),
  sample: `${message.name}.${name}`,
});

describe('a request is what Kafka itself would write', () => {
  test.each([
    request('request', API_VERSIONS, null),
    request('request', SASL_HANDSHAKE, 'OAUTHBEARER'),
    request('request', SASL_AUTHENTICATE, bytes('token')),
    request('request', METADATA, ['city.events', 'city.ördern']),
    request('request', FIND_COORDINATOR, { kind: 'transaction', key: TRANSACTIONAL_ID }),
    request('request', LIST_OFFSETS, {
      topic: 'city.events',
      timestamp: EARLIEST,
      partitions: [
        { partition: 3, leaderEpoch: 5 },
        { partition: 0, leaderEpoch: -1 },
      ],
    }),
    request('request', OFFSET_FETCH, { group: GROUP, topics: new Map([['city.events', [0, 3]]]) }),
    request('request', FETCH, {
      maxWaitMs: 500,
      answerBytes: 8 << 20,
      partitionBytes: 1 << 20,
      partitions: [
        fetchPartition(topicId),
        { topicId, partition: 0, leaderEpoch: -1, fetchOffset: 0 },
        fetchPartition(otherId),
      ],
    }),
    request('request', PRODUCE, {
      transactionalId: TRANSACTIONAL_ID,
      timeoutMs: 10_000,
      topics: new Map([
        [
          'view.city.events',
          [
            { partition: 3, records: bytes('batch of partition three') },
            { partition: 0, records: bytes('zero') },
          ],
        ],
        ['view.city.other', [{ partition: 1, records: bytes('other') }]],
      ]),
    }),
    request('request', INIT_PRODUCER_ID, { transactionalId: TRANSACTIONAL_ID, timeoutMs: 30_000 }),
    request('request', TXN_OFFSET_COMMIT, {
      transactionalId: TRANSACTIONAL_ID,
      ...IDENTITY,
      ...MEMBER,
      topics: new Map([
        [
          'city.events',
          [
            { partition: 0, offset: 2 ** 40, metadata: '{}' },
            { partition: 3, offset: 0, metadata: '' },
          ],
        ],
      ]),
    }),
    request('memberless', TXN_OFFSET_COMMIT, {
      transactionalId: TRANSACTIONAL_ID,
      group: 'citystreams.router.catchup.1',
      producerId: 4n,
      epoch: 0,
      generation: -1,
      memberId: '',
      instanceId: null,
      topics: new Map(),
    }),
    request('request', END_TXN, { transactionalId: TRANSACTIONAL_ID, ...IDENTITY, commit: true }),
    request('request', JOIN_GROUP, {
      ...MEMBER,
      sessionTimeoutMs: 6_000,
      rebalanceTimeoutMs: 7_000,
      protocol: 'sticky',
      subscription: bytes('metadata'),
      reason: 'joining',
    }),
    request('request', SYNC_GROUP, {
      ...MEMBER,
      protocol: 'sticky',
      assignments: new Map([
        ['member-1', bytes('mine')],
        ['member-2', Buffer.alloc(0)],
      ]),
    }),
    request('request', HEARTBEAT, MEMBER),
    request('request', LEAVE_GROUP, MEMBER),
  ])('$name', ({ ours, sample: name }) => {
    expect(ours().toString('hex')).toBe(sample(name).toString('hex'));
  });

  test.each([
    ['flexible', { ...FETCH, header: 'flexible' }],
    ['plain', SASL_HANDSHAKE],
  ] as const)('with a %s header', (name, message) => {
    const to = new RequestWriter();
    writeRequestHeader(to, message, 'citystreams.router');
    const [whole] = completeRequest(to, 7);
    const expected = sample(`header.${name}`);
    expect(whole?.subarray(4).toString('hex')).toBe(expected.toString('hex'));
    expect(whole?.readInt32BE()).toBe(expected.length);
  });
});

const answer = <A>(message: Message<never, A>, expected: A, name = 'answer') => ({
  name: `${message.name} ${name}`,
  message,
  expected,
  sample: `${message.name}.${name}`,
});

const ANSWERS = [
  answer(API_VERSIONS, {
    errorCode: 0,
    versions: new Map([
      [0, { min: 3, max: 13 }],
      [1, { min: 4, max: 18 }],
    ]),
    features: new Map([['transaction.version', 2]]),
  }),
  answer(SASL_HANDSHAKE, { errorCode: 33, mechanisms: ['PLAIN', 'OAUTHBEARER'] }),
  answer(SASL_AUTHENTICATE, {
    errorCode: 58,
    errorMessage: 'no',
    authBytes: bytes('bytes'),
    sessionLifetimeMs: 60_000,
  }),
  answer(METADATA, {
    brokers: [
      { nodeId: 1, host: 'one.example', port: 9092 },
      { nodeId: 2, host: 'two.example', port: 9093 },
    ],
    topics: [
      {
        errorCode: 0,
        name: 'city.events',
        topicId: TOPIC_ID,
        partitions: [
          { partition: 1, leader: 2, leaderEpoch: 5 },
          { partition: 0, leader: -1, leaderEpoch: -1 },
        ],
      },
      { errorCode: 3, name: 'city.none', topicId: '00000000-0000-0000-0000-000000000000', partitions: [] },
    ],
  }),
  answer(FIND_COORDINATOR, { errorCode: 0, nodeId: 2, host: 'two.example', port: 9093 }),
  answer(LIST_OFFSETS, [
    { partition: 3, errorCode: 0, offset: 2 ** 40 },
    { partition: 0, errorCode: 6, offset: -1 },
  ]),
  answer(OFFSET_FETCH, {
    errorCode: 15,
    partitions: [
      { topic: 'city.events', partition: 0, offset: -1, metadata: '', errorCode: 0 },
      { topic: 'city.events', partition: 3, offset: 1_234_567_890_123, metadata: '{"state":"adopted"}', errorCode: 88 },
    ],
  }),
  answer(PRODUCE, [
    { topic: 'view.city.events', partition: 3, errorCode: 0, message: null },
    { topic: 'view.city.events', partition: 0, errorCode: 87, message: 'bad record' },
  ]),
  answer(INIT_PRODUCER_ID, { errorCode: 51, ...IDENTITY }),
  answer(TXN_OFFSET_COMMIT, [{ topic: 'city.events', partition: 3, errorCode: 22 }]),
  answer(END_TXN, { errorCode: 0, ...IDENTITY, epoch: 4 }),
  answer(JOIN_GROUP, {
    errorCode: 0,
    generation: 8,
    leader: 'member-1',
    skipAssignment: true,
    memberId: 'member-1',
    members: [
      { memberId: 'member-1', instanceId: 'slot-1', subscription: bytes('one') },
      { memberId: 'member-2', instanceId: null, subscription: Buffer.alloc(0) },
    ],
  }),
  answer(SYNC_GROUP, { errorCode: 27, assignment: bytes('mine') }),
  answer(HEARTBEAT, 82),
  answer(LEAVE_GROUP, 25),
  answer(FETCH, 0),
];

function outcomeOf(message: Message<never, unknown>, content: Buffer): string {
  try {
    readFrom(message, content);
    return 'read';
  } catch (error) {
    return error instanceof KafkaFailure && error.message.includes('malformed') ? 'refused' : String(error);
  }
}

describe('an answer', () => {
  test.each(ANSWERS)('$name is read to its end', ({ message, expected, sample: name }) => {
    const read = readFrom(message as Message<never, unknown>, sample(name));
    expect(read).toEqual({ answer: expected, left: 0 });
  });

  test('of a broker that does not know our ApiVersions is read as far as it goes', () => {
    const { answer: read } = readFrom(
      API_VERSIONS,
      Buffer.concat([sample('ApiVersions.unsupported'), Buffer.alloc(1)]),
    );
    expect(read.errorCode).toBe(35);
  });

  test('to a fetch is handed over part by part', () => {
    parts.length = 0;
    readFrom(FETCH, sample('Fetch.answer'));
    const aborted = [
      { producerId: 2n ** 50n, firstOffset: 40 },
      { producerId: 4n, firstOffset: 50 },
    ];
    const [first, second] = [TOPIC_ID, OTHER_ID].map((id) => id.replaceAll('-', ''));
    const none = { aborted: [], records: '' };
    expect(parts).toEqual([
      { topicId: first, partition: 1, errorCode: 0, lastStableOffset: 99, aborted, records: 'first' },
      { topicId: first, partition: 0, errorCode: 6, lastStableOffset: -1, ...none },
      { topicId: second, partition: 1, errorCode: 0, lastStableOffset: 7, ...none },
    ]);
  });

  test.each(ANSWERS)('$name that ends too early is refused, wherever it ends', ({ message, sample: name }) => {
    const whole = sample(name);
    for (let end = 0; end < whole.length; end++) {
      expect(() => readFrom(message as Message<never, unknown>, whole, end)).toThrow(/malformed/);
    }
  });

  test.each(ANSWERS)(
    '$name with any byte changed is read or refused, and nothing else',
    ({ message, sample: name }) => {
      const whole = sample(name);
      for (let at = 0; at < whole.length; at++) {
        for (const byte of [0, 1, 0x7f, 0x80, 0xff]) {
          const changed = Buffer.from(whole);
          changed[at] = byte;
          expect(['read', 'refused']).toContain(outcomeOf(message, changed));
        }
      }
    },
  );
});

describe("the members' own formats", () => {
  const owned = new Map([['city.events', [0, 3]]]);

  test('are what Kafka itself would write', () => {
    const subscription = { topics: ['city.events', 'city.other'], owned, generation: 8, revision: 6 };
    expect(writeSubscription(subscription)).toEqual(sample('ConsumerProtocol.subscription'));
    expect(readSubscription(sample('ConsumerProtocol.subscription'))).toEqual(subscription);
    const assignment = { partitions: owned, topics: new Map([['city.events', 4]]) };
    expect(writeAssignment(assignment)).toEqual(sample('ConsumerProtocol.assignment'));
    expect(readAssignment(sample('ConsumerProtocol.assignment'))).toEqual(assignment);
  });

  test('an assignment of nobody is empty', () => {
    expect(readAssignment(Buffer.alloc(0))).toEqual({ partitions: new Map(), topics: new Map() });
  });
});
