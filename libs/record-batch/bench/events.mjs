// Events as the router sees them: a string key, six CloudEvents headers, an Avro value of about 300 bytes.
import { BatchBufferPool, bytesOf, HeaderBlock, PartitionAccumulator } from '@citystreams/record-batch';

export const EVENTS = 1000;
const WORDS = ['warehouse', 'delivered', 'pending', 'Shenzhen', 'Futian', 'Nanshan', 'customer', 'standard'];
export const text = (string) => bytesOf(Buffer.from(string));
const whole = ({ bytes }) => [0, bytes.length];

export const NAMES = ['ce_specversion', 'ce_type', 'ce_source', 'ce_id', 'ce_time', 'content-type'].map(text);

let state = 1;
function random() {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return state >>> 0;
}

/** 300 bytes, half of them words; with key and headers lz4 makes half of it. */
function event() {
  const value = Buffer.alloc(300);
  let at = 0;
  while (at < 150) at += value.write(WORDS[random() % WORDS.length], at);
  for (; at < 300; at++) value[at] = random();
  return bytesOf(value);
}

/** Prepared once, so that a bench measures the appending. */
export const SAMPLES = Array.from({ length: EVENTS }, (_, i) => {
  const headers = new HeaderBlock();
  const values = ['1.0', 'city.commerce.OrderPlaced', '/agencies/commerce/orders', `01J9Z3X8Q0${random()}${random()}`];
  values.push(new Date(1_763_900_000_000 + i).toISOString(), 'application/avro');
  values.forEach((value, k) => headers.add(NAMES[k], text(value), ...whole(text(value))));
  return { key: text(`order-${100_000 + i}`), value: event(), headers };
});

export const STAMP = { producerId: 7n, epoch: 1, sequence: 0, transactional: true };

/** Fills batches with the sample events and hands each to `onSealed`. */
export function accumulator(codec, onSealed, sealBytes = 512 << 10) {
  const pool = new BatchBufferPool({ bufferBytes: 768 << 10, keep: 4 });
  return new PartitionAccumulator({ topic: 'bench', partition: 0, pool, sealBytes, codec, onSealed });
}

export function appendAll(to) {
  for (let i = 0; i < EVENTS; i++) {
    const { key, value, headers } = SAMPLES[i];
    const at = to.begin(1_763_900_000_000 + i, key, 0, key.bytes.length, 300, headers, headers.start, headers.end);
    to.end(at + value.bytes.copy(to.bytes, at));
  }
}

/** The events as a fetch answer, batches of `perBatch` events. */
export function answerOf(codec, perBatch) {
  const parts = [];
  let offset = 0n;
  const to = accumulator(
    codec,
    (batch) => {
      const bytes = Buffer.from(batch.finish(STAMP));
      bytes.writeBigInt64BE(offset);
      offset += BigInt(batch.recordCount);
      parts.push(bytes);
      batch.release();
    },
    1 << 30,
  );
  for (let i = 0; i < EVENTS; i++) {
    const { key, value, headers } = SAMPLES[i];
    const at = to.begin(1_763_900_000_000 + i, key, 0, key.bytes.length, 300, headers, headers.start, headers.end);
    to.end(at + value.bytes.copy(to.bytes, at));
    if (to.recordCount === perBatch) to.seal();
  }
  to.seal();
  return Buffer.concat(parts);
}
