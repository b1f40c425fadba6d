import { AnswerReader } from '../wire/answer.reader.js';
import { RequestWriter } from '../wire/request.writer.js';

export type Partitions = ReadonlyMap<string, readonly number[]>;

/** What a member tells the group's leader. */
export interface MemberSubscription {
  topics: readonly string[];
  /** What it had, and since which generation: a claim from an older one is void. */
  owned: Partitions;
  generation: number;
  /** Raised to have the group rearranged: a broker does so when a member's subscription differs from the last. */
  revision: number;
}

/** What the leader tells a member. */
export interface MemberAssignment {
  partitions: Partitions;
  /** The topics that the leader believed the member to want, with as many partitions as they had then (0: not there). */
  topics: ReadonlyMap<string, number>;
}

const VERSION = 2;
const LENGTH_BYTES = 4;

/**
 * The `consumer` protocol's subscription, version 2 (no compact types, no tags). User data: our revision.
 *
 *     int16 version, int32 count x string topic, int32 length x user data,
 *     int32 count x (string topic, int32 count x int32 partition): owned, int32 generation
 */
export function writeSubscription({ topics, owned, generation, revision }: MemberSubscription): Buffer {
  const to = new RequestWriter().int16(VERSION);
  writeTopics(to, topics);
  to.int32(LENGTH_BYTES).int32(revision);
  writePartitions(to, owned);
  return Buffer.concat(to.int32(generation).finish());
}

export function readSubscription(bytes: Buffer): MemberSubscription {
  const from = new AnswerReader().open(bytes, 0, bytes.length);
  const version = from.int16();
  const topics = readTopics(from);
  const userData = readUserData(from);
  const owned = version >= 1 ? readPartitions(from) : new Map<string, number[]>();
  const generation = version >= 2 ? from.int32() : -1;
  return { topics, owned, generation, revision: userData.length >= LENGTH_BYTES ? userData.readInt32BE() : 0 };
}

/**
 * Its assignment, version 2. User data: the topics that it was made for, int32 count x (string topic, int32 partitions).
 *
 *     int16 version, int32 count x (string topic, int32 count x int32 partition), int32 length x user data
 */
export function writeAssignment({ partitions, topics }: MemberAssignment): Buffer {
  const to = new RequestWriter().int16(VERSION);
  writePartitions(to, partitions);
  const data = new RequestWriter().int32(topics.size);
  for (const [topic, count] of topics) data.string(topic).int32(count);
  return Buffer.concat(to.int32(data.length).finish().concat(data.finish()));
}

/** An empty assignment is one without partitions. */
export function readAssignment(bytes: Buffer): MemberAssignment {
  const topics = new Map<string, number>();
  if (bytes.length === 0) return { partitions: new Map(), topics };
  const from = new AnswerReader().open(bytes, 0, bytes.length);
  from.int16();
  const partitions = readPartitions(from);
  const userData = readUserData(from);
  if (userData.length === 0) return { partitions, topics };
  const data = new AnswerReader().open(userData, 0, userData.length);
  for (let left = data.int32(); left > 0; left--) topics.set(data.string() ?? '', data.int32());
  return { partitions, topics };
}

function writeTopics(to: RequestWriter, topics: readonly string[]): void {
  to.int32(topics.length);
  for (const topic of topics) to.string(topic);
}

function readTopics(from: AnswerReader): string[] {
  const topics: string[] = [];
  for (let left = from.int32(); left > 0; left--) topics.push(from.string() ?? '');
  return topics;
}

function writePartitions(to: RequestWriter, partitions: Partitions): void {
  to.int32(partitions.size);
  for (const [topic, numbers] of partitions) {
    to.string(topic).int32(numbers.length);
    for (const number of numbers) to.int32(number);
  }
}

function readPartitions(from: AnswerReader): Map<string, number[]> {
  const partitions = new Map<string, number[]>();
  for (let left = from.int32(); left > 0; left--) {
    const topic = from.string() ?? '';
    const numbers: number[] = [];
    for (let more = from.int32(); more > 0; more--) numbers.push(from.int32());
    partitions.set(topic, numbers);
  }
  return partitions;
}

function readUserData(from: AnswerReader): Buffer {
  const length = from.int32();
  if (length < 0) return Buffer.alloc(0);
  const start = from.at;
  from.skip(length);
  return from.bytes.subarray(start, from.at);
}
