import { parseArgs } from 'node:util';
import { PEER_JVM, type Role } from '../candidates/java.js';
import { plainPeer, streamsPeer, TUNED, type Tuning } from '../candidates/peers.js';
import { type ThroughputRound, throughputRound } from '../experiments/throughput.js';
import { writeResult } from '../report/result.file.js';
import { COMMON, standOf, say } from './arguments.js';

interface Trial {
  readonly role: Extract<Role, 'streams' | 'plain'>;
  readonly change: Tuning;
  readonly jvm?: readonly string[];
}

const NOTHING_TUNED = {
  'producer.batch.size': 16_384,
  'producer.buffer.memory': 33_554_432,
  'consumer.max.poll.records': 1_000,
};

/** Each changes the recorded setting in one respect. */
const TRIALS: Readonly<Record<string, Trial>> = {
  'streams-as-recorded': { role: 'streams', change: {} },
  'streams-defaults': {
    role: 'streams',
    change: { ...NOTHING_TUNED, 'producer.linger.ms': 100, 'num.stream.threads': 1 },
  },
  'streams-1-thread': { role: 'streams', change: { 'num.stream.threads': 1 } },
  'streams-4-threads': { role: 'streams', change: { 'num.stream.threads': 4 } },
  'streams-batch-16k': { role: 'streams', change: { 'producer.batch.size': 16_384 } },
  'streams-batch-64k': { role: 'streams', change: { 'producer.batch.size': 65_536 } },
  'streams-batch-1m': { role: 'streams', change: { 'producer.batch.size': 1_000_000 } },
  'streams-linger-0': { role: 'streams', change: { 'producer.linger.ms': 0 } },
  'streams-linger-100': { role: 'streams', change: { 'producer.linger.ms': 100 } },
  'streams-poll-1000': { role: 'streams', change: { 'consumer.max.poll.records': 1_000 } },
  'streams-buffered-5000': { role: 'streams', change: { 'buffered.records.per.partition': 5_000 } },
  'streams-fetch-4m': {
    role: 'streams',
    change: { 'consumer.max.partition.fetch.bytes': 4 << 20, 'consumer.fetch.min.bytes': 1 << 16 },
  },
  'streams-parallel-gc': { role: 'streams', change: {}, jvm: [...PEER_JVM, '-XX:+UseParallelGC'] },
  'streams-heap-3g': { role: 'streams', change: {}, jvm: ['-Xms3g', '-Xmx3g'] },
  'plain-as-recorded': { role: 'plain', change: {} },
  'plain-defaults': {
    role: 'plain',
    change: { ...NOTHING_TUNED, 'producer.linger.ms': 5, 'consumer.max.poll.records': 500 },
  },
  'plain-batch-64k': { role: 'plain', change: { 'producer.batch.size': 65_536 } },
  'plain-batch-1m': { role: 'plain', change: { 'producer.batch.size': 1_000_000 } },
  'plain-parallel-gc': { role: 'plain', change: {}, jvm: [...PEER_JVM, '-XX:+UseParallelGC'] },
};

/** `tuning [--trials name,name] [--views 1] [--events 1000000] [--rounds 3] [--commit-ms 100]` */
export async function tuning(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      ...COMMON,
      trials: { type: 'string', default: Object.keys(TRIALS).join(',') },
      views: { type: 'string', default: '1' },
      events: { type: 'string', default: '1000000' },
      rounds: { type: 'string', default: '3' },
      'commit-ms': { type: 'string', default: '100' },
    },
  });
  const commitMs = Number(values['commit-ms']);
  const candidates = values.trials.split(',').map((name) => {
    const trial = TRIALS[name];
    if (trial === undefined) throw new RangeError(`no such trial: ${name}`);
    const make = trial.role === 'streams' ? streamsPeer : plainPeer;
    return make(name, { ...TUNED[trial.role](commitMs), ...trial.change }, trial.jvm);
  });
  const rounds: ThroughputRound[] = [];
  for (let round = 0; round < Number(values.rounds); round += 1) {
    say(`round ${round + 1} of ${values.rounds}: ${values.views} views`);
    const plan = {
      views: Number(values.views),
      events: Number(values.events),
      candidates,
      codec: 'none' as const,
      commitMs,
      checkedRounds: 0,
    };
    rounds.push(await throughputRound(plan, round, standOf(values)));
    writeResult(values.out, 'tuning', { rounds });
  }
}
