// What appending and finishing costs per record. node libs/record-batch/bench/writing.bench.mjs, after `npm run build`.
import { HeaderBlock } from '@citystreams/record-batch';
import { accumulator, appendAll, EVENTS, NAMES, SAMPLES, STAMP, text } from './events.mjs';
import { measure } from './measure.mjs';

let sent = 0;
const finished = (batch) => {
  sent += batch.finish(STAMP).length;
  batch.release();
};

process.stdout.write(`${' '.repeat(46)}CPU per record: median, lowest, highest of 9\n`);
const dropping = accumulator('none', (batch) => batch.release());
measure('append (key, 300 byte value, six headers)', EVENTS, () => appendAll(dropping));
const plain = accumulator('none', finished);
measure('append and finish (header, CRC32C)', EVENTS, () => appendAll(plain));
const [{ key, headers }] = SAMPLES;
const empty = accumulator('none', (batch) => batch.release());
measure('append with nothing in it', EVENTS, () => {
  for (let i = 0; i < EVENTS; i++) empty.end(empty.begin(i, null, 0, 0, 0, headers, headers.start, headers.start));
});
for (const codec of ['lz4', 'gzip', 'zstd']) {
  const compressed = accumulator(codec, finished);
  measure(`append and finish, ${codec}`, EVENTS, () => appendAll(compressed));
}
const block = new HeaderBlock();
const values = ['1.0', 'city.commerce.OrderPlaced', '/agencies/commerce/orders', '01J9Z3X8Q0', '2025-11-23T14', 'avro'];
const regions = values.map(text);
measure('prepare six headers, one by one', EVENTS, () => {
  for (let i = 0; i < EVENTS; i++) {
    block.clear();
    for (let k = 0; k < 6; k++) block.add(NAMES[k], regions[k], 0, regions[k].bytes.length);
  }
});
measure('prepare six headers, as one run', EVENTS, () => {
  for (let i = 0; i < EVENTS; i++) {
    block.clear();
    block.addRun(SAMPLES[i].headers, headers.first, SAMPLES[i].headers.end, 6);
  }
});
if (sent === 0 || block.end < key.bytes.length) throw new Error('nothing was written');
