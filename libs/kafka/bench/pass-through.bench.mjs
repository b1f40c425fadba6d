// What the data path itself costs: every record of a topic is fetched, copied into one or more other topics and committed
// with its position, a transaction every 100 ms. No decoding, no projection. After `npm run build`, against a broker:
//   node libs/kafka/bench/pass-through.bench.mjs <host:port> <user> <password> [copies] [million events]
import { once, EventEmitter } from 'node:events';
import { openAdmin, openDataPath } from '@citystreams/kafka';
import { BatchBufferPool, bytesOf, HeaderBlock, PartitionAccumulator } from '@citystreams/record-batch';

const [broker, username, password, copies = '1', millions = '1'] = process.argv.slice(2);
const EVENTS = Number(millions) * 1e6;
const PARTITIONS = 4;
const COMMIT_MS = 100;
const PER_BATCH = 100;
const MOST_PENDING = 32 << 20;
const say = (line) => process.stdout.write(`${line}\n`);

const kafka = {
  brokers: [broker],
  clientId: 'bench',
  securityProtocol: 'SASL_PLAINTEXT',
  auth: { kind: 'plain', username, password },
};
const admin = openAdmin(kafka);
const path = openDataPath(kafka);
const run = `bench-${Date.now().toString(36)}`;
const made = [];

async function topic(name) {
  const full = `${run}.${name}`;
  await admin.createTopic({ name: full, partitions: PARTITIONS });
  await admin.waitForTopic(full);
  made.push(full);
  return full;
}

const pool = new BatchBufferPool({ bufferBytes: 768 << 10, keep: 160 });
const accumulators = (name, sealBytes, send) =>
  Array.from(
    { length: PARTITIONS },
    (_, partition) =>
      new PartitionAccumulator({ topic: name, partition, pool, sealBytes, codec: 'none', onSealed: send }),
  );

/** Events of 300 bytes with a key and six headers, in batches of a hundred. */
async function fill(name) {
  const sender = await path.openTransactions({ transactionalId: `${run}.fill`, timeoutMs: 60_000 });
  const into = accumulators(name, 1 << 30, (batch) => sender.send(batch));
  const text = (value) => bytesOf(Buffer.from(value));
  const headers = new HeaderBlock();
  const attributes = { ce_specversion: '1.0', ce_type: 'city.commerce.OrderPlaced', ce_source: '/agencies/commerce' };
  const more = { ce_id: '01J9Z3X8Q0K3W5N7', ce_time: '2025-11-23T10:00:00.000Z', 'content-type': 'application/avro' };
  for (const [header, value] of Object.entries({ ...attributes, ...more })) {
    headers.add(text(header), text(value), 0, value.length);
  }
  const key = text('order-100000');
  const value = Buffer.alloc(300, 7);
  for (let i = 0; i < EVENTS; i += PER_BATCH) {
    const to = into[(i / PER_BATCH) % PARTITIONS];
    for (let k = 0; k < PER_BATCH; k++) {
      const at = to.begin(Date.now(), key, 0, key.bytes.length, 300, headers, headers.start, headers.end);
      to.end(at + value.copy(to.bytes, at));
    }
    to.seal();
    if (i % 20_000 === 0) await sender.commit([]);
  }
  await sender.commit([]);
  await sender.close();
}

async function copy(from, targets) {
  const { topicId } = (await path.describeTopics([from])).get(from);
  const sender = await path.openTransactions({ transactionalId: `${run}.copy`, timeoutMs: 60_000 });
  const into = targets.map((name) => accumulators(name, 512 << 10, (batch) => sender.send(batch)));
  const positions = Array.from({ length: PARTITIONS }, (_, partition) => ({
    topic: from,
    topicId,
    partition,
    offset: 0,
  }));
  const progress = new EventEmitter();
  const marks = [];
  const mark = () => marks.push({ at: performance.now(), cpu: process.cpuUsage() });
  let [taken, held, commits, committing, changed] = [0, false, 0, false, false];

  const commit = async () => {
    committing = true;
    for (const one of into) for (const accumulator of one) accumulator.seal();
    const committed = positions.map(({ topic, partition, offset }) => ({ topic, partition, offset, metadata: '' }));
    changed = false;
    await sender.commit([{ group: `${run}.group`, member: null, positions: committed }]);
    commits++;
    committing = false;
    if (held) lane.wake();
    if (taken >= EVENTS && !changed) progress.emit('done');
  };
  const handler = {
    targets() {
      held = sender.pendingBytes > MOST_PENDING;
      return held ? [] : positions;
    },
    take(target, reader) {
      const partition = target.partition;
      while (reader.nextBatch()) {
        const { records } = reader;
        while (records.next()) {
          const { bytes, valueStart, valueEnd } = records;
          for (let i = 0; i < into.length; i++) {
            const to = into[i][partition];
            const { timestamp, keyStart, keyEnd, headersStart, end } = records;
            const size = valueEnd - valueStart;
            const at = to.begin(timestamp, records, keyStart, keyEnd, size, records, headersStart, end);
            bytes.copy(to.bytes, at, valueStart, valueEnd);
            to.end(at + size);
          }
          taken++;
        }
      }
      if (target.offset !== reader.position) changed = true;
      target.offset = reader.position;
    },
    failed(_target, failure) {
      throw failure;
    },
    answered() {
      if (marks.length === 1 && taken >= EVENTS / 2) mark();
    },
  };
  mark();
  const lane = path.openFetcher(handler);
  const timer = setInterval(() => {
    if (!committing && (changed || taken >= EVENTS)) commit().catch((error) => progress.emit('error', error));
  }, COMMIT_MS);
  await once(progress, 'done');
  clearInterval(timer);
  mark();
  await sender.close();
  await lane.close();
  return { marks, commits, taken };
}

function report({ marks, commits, taken }) {
  const [start, half, end] = marks;
  const cpu = (from, to) => (to.cpu.user + to.cpu.system - from.cpu.user - from.cpu.system) / 1e6;
  const perMillion = (seconds, events) => (seconds / (events / 1e6)).toFixed(2);
  const rate = (from, to, events) => Math.round(events / ((to.at - from.at) / 1000)).toLocaleString('en');
  say(`${taken} events x ${copies}, ${commits} transactions, ${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB`);
  say(
    `  CPU s per million events: second half ${perMillion(cpu(half, end), taken / 2)}, all ${perMillion(cpu(start, end), taken)}`,
  );
  say(`  events/s: second half ${rate(half, end, taken / 2)}, all ${rate(start, end, taken)}`);
}

const source = await topic('source');
await fill(source);
const targets = [];
for (let i = 0; i < Number(copies); i++) targets.push(await topic(`copy-${i}`));
report(await copy(source, targets));
await path.close();
for (const name of made) await admin.deleteTopic(name);
await admin.close();
