/** The programs that the router is compared with, tuned as their users would: what was tried is in docs/benchmarks.md. */
import { makeTopics } from '../stand/topics.js';
import type { BenchView } from '../workload/workload.js';
import type { Candidate, Task } from './candidate.js';
import { PEER_JVM, type Role, startJava } from './java.js';

/** Settings of Kafka Streams or, with `consumer.` and `producer.` in front, of Kafka's clients. */
export type Tuning = Readonly<Record<string, string | number>>;

/** Batches that are waited for longer than a commit takes only make latency. */
const lingerFor = (commitMs: number): number => Math.max(1, Math.floor(commitMs / 5));

const CLIENTS = {
  'producer.batch.size': 262_144,
  'producer.buffer.memory': 134_217_728,
  'consumer.max.poll.records': 4_000,
} as const;

/** What the recorded measurements use. */
export const TUNED = {
  streams: (commitMs: number): Tuning => ({
    ...CLIENTS,
    'num.stream.threads': 2,
    'producer.linger.ms': lingerFor(commitMs),
  }),
  plain: (commitMs: number): Tuning => ({ ...CLIENTS, 'producer.linger.ms': lingerFor(commitMs) }),
} as const;

function peer(name: string, role: Role, tuning: Tuning, jvm: readonly string[] = PEER_JVM): Candidate {
  const topicOf = (view: BenchView): string => `peer.${name}.${view.name}`;
  const viewsOf = ({ views }: Task) => (role === 'copy' ? views.slice(0, 1) : views);
  return {
    name,
    topicOf,
    prepare: (task) => makeTopics(task.stand, viewsOf(task).map(topicOf), task.size),
    async start(task) {
      const group = `bench.${name}`;
      const job = {
        source: task.source,
        group,
        commitMs: task.commitMs,
        views: viewsOf(task).map((view) => ({ view, topic: topicOf(view) })),
        tuning: { 'producer.compression.type': task.codec, ...tuning },
        role: {},
      };
      const { child, logFile } = await startJava(task.stand, name, role, job, jvm);
      return { processes: [child], groups: [group], logFiles: [logFile] };
    },
  };
}

/** Kafka Streams, exactly_once_v2, GenericRecord. */
export const streamsPeer = (name: string, tuning: Tuning, jvm?: readonly string[]): Candidate =>
  peer(name, 'streams', tuning, jvm);
/** A consumer and a transactional producer, GenericRecord. */
export const plainPeer = (name: string, tuning: Tuning, jvm?: readonly string[]): Candidate =>
  peer(name, 'plain', tuning, jvm);
/** The same without Avro: one topic copied into one other. */
export const copyPeer = (name: string, tuning: Tuning, jvm?: readonly string[]): Candidate =>
  peer(name, 'copy', tuning, jvm);
