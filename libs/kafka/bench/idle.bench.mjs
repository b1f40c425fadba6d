// What the data path costs when nothing, or little, happens: one lane over sixty topics with four partitions each, one
// member of a group for all of them, one sender. After `npm run build`, against a broker:
//   node libs/kafka/bench/idle.bench.mjs <host:port> <user> <password> [topics] [events a second] [seconds]
import { fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { openAdmin, openDataPath } from '@citystreams/kafka';
import { BatchBufferPool, HeaderBlock, PartitionAccumulator } from '@citystreams/record-batch';

const [broker, username, password, topicCount = '60', rate = '0', seconds = '20', given] = process.argv.slice(2);
const PARTITIONS = 4;
const kafka = {
  brokers: [broker],
  clientId: 'bench',
  securityProtocol: 'SASL_PLAINTEXT',
  auth: { kind: 'plain', username, password },
};
const admin = openAdmin(kafka);
const path = openDataPath(kafka);
const run = given ?? `idle-${Date.now().toString(36)}`;
const topics = Array.from({ length: Number(topicCount) }, (_, i) => `${run}.${i}`);
async function positionsOf() {
  const found = await path.describeTopics(topics);
  return topics.flatMap((topic) =>
    Array.from({ length: PARTITIONS }, (_, partition) => ({
      topic,
      topicId: found.get(topic).topicId,
      partition,
      offset: 0,
    })),
  );
}

/** In a process of its own, or it would be counted. */
async function publish() {
  const positions = await positionsOf();
  const sender = await path.openTransactions({ transactionalId: `${run}.fill`, timeoutMs: 60_000 });
  const pool = new BatchBufferPool({ bufferBytes: 64 << 10, keep: 160 });
  const headers = new HeaderBlock();
  const into = positions.map(
    ({ topic, partition }) =>
      new PartitionAccumulator({
        topic,
        partition,
        pool,
        sealBytes: 32 << 10,
        codec: 'none',
        onSealed: (batch) => sender.send(batch),
      }),
  );
  const value = Buffer.alloc(300, 7);
  for (let sent = 0, start = performance.now(); ; await sleep(5)) {
    for (; sent < ((performance.now() - start) / 1000) * Number(rate); sent++) {
      const to = into[sent % into.length];
      const at = to.begin(Date.now(), null, 0, 0, 300, headers, headers.start, headers.end);
      to.end(at + value.copy(to.bytes, at));
    }
    for (const one of into) one.seal();
    await sender.commit([]);
  }
}

async function measure() {
  for (const name of topics) await admin.createTopic({ name, partitions: PARTITIONS });
  for (const name of topics) await admin.waitForTopic(name);
  const positions = await positionsOf();
  let [answers, taken] = [0, 0];
  path.openFetcher({
    targets: () => positions,
    take(target, reader) {
      while (reader.nextBatch()) while (reader.records.next()) taken++;
      target.offset = reader.position;
    },
    failed(_target, failure) {
      throw failure;
    },
    answered: () => void answers++,
  });
  const joined = new Promise((assigned) => {
    path.openMember({
      groupId: `${run}.group`,
      instanceId: 'one',
      topics,
      sessionTimeoutMs: 10_000,
      handler: { assigned, revoked() {}, lost() {}, troubled() {} },
    });
  });
  await joined;
  const args = [...process.argv.slice(2, 5), topicCount, rate, seconds, run];
  const publisher = Number(rate) > 0 ? fork(import.meta.filename, args, { stdio: 'inherit' }) : undefined;
  await sleep(5_000);
  const [before, cpu] = [{ answers, taken }, process.cpuUsage()];
  await sleep(Number(seconds) * 1000);
  const { user, system } = process.cpuUsage(cpu);
  const share = (user + system) / 1e4 / Number(seconds);
  const perSecond = (count) => Math.round(count / Number(seconds));
  process.stdout.write(
    `${topics.length * PARTITIONS} partitions: ${share.toFixed(1)} % of a core, ` +
      `${perSecond(answers - before.answers)} fetches/s, ${perSecond(taken - before.taken)} events/s, ` +
      `${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB\n`,
  );
  publisher?.kill();
  await path.close();
  for (const name of topics) await admin.deleteTopic(name);
  await admin.close();
}

await (given === undefined ? measure() : publish());
