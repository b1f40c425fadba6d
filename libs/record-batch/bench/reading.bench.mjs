// What reading costs per record. node libs/record-batch/bench/reading.bench.mjs, after `npm run build`.
import { HeaderCursor, PartitionReader } from '@citystreams/record-batch';
import { crc32c } from '@node-rs/crc32';
import { answerOf, EVENTS, NAMES } from './events.mjs';
import { measure } from './measure.mjs';

const reader = new PartitionReader();
const headers = new HeaderCursor();
const { records } = reader;
const id = NAMES[3].bytes;
let sum = 0;

function walk(answer) {
  reader.open(answer, 0, answer.length, 0, []);
  while (reader.nextBatch()) while (records.next()) sum += records.valueEnd - records.valueStart + records.keyEnd;
}
function walkHeaders(answer) {
  reader.open(answer, 0, answer.length, 0, []);
  while (reader.nextBatch()) {
    while (records.next()) {
      headers.open(records);
      while (headers.next()) if (headers.isNamed(id)) sum += headers.valueEnd;
    }
  }
}

process.stdout.write(`${' '.repeat(46)}CPU per record: median, lowest, highest of 9\n`);
for (const perBatch of [100, 1000]) {
  const answer = answerOf('none', perBatch);
  const each = Math.round(answer.length / EVENTS);
  measure(`walk, ${perBatch} a batch, ${each} bytes a record`, EVENTS, () => walk(answer));
  const spans = [];
  for (let at = 0; at < answer.length; at += 12 + answer.readInt32BE(at + 8))
    spans.push([at + 21, at + 12 + answer.readInt32BE(at + 8)]);
  measure('  of this CRC32C', EVENTS, () => {
    for (const [start, end] of spans) sum += crc32c(answer.subarray(start, end));
  });
  measure('walk and look at its six headers', EVENTS, () => walkHeaders(answer));
}
for (const codec of ['lz4', 'gzip', 'zstd']) {
  const answer = answerOf(codec, 1000);
  const ns = measure(`walk, 1000 a batch, ${codec}`, EVENTS, () => walk(answer));
  const plain = answerOf('none', 1000).length;
  process.stdout.write(
    `  ratio ${(plain / answer.length).toFixed(2)}, ${Math.round((plain / EVENTS / ns) * 1000)} MB per CPU second\n`,
  );
}
if (sum === 0) throw new Error('nothing was read');
