import { HeaderCursor } from '../reading/header.cursor.js';
import { PartitionReader } from '../reading/partition.reader.js';
import { NULL_REGION, type RecordCursor } from '../reading/record.cursor.js';
import { RecordBatchError } from '../record-batch.error.js';
import { type SampleAnswer, sampleAnswer } from './answer.sample.js';
import { mutated } from './mutation.js';
import { PlainReader } from './plain.reader.js';
import { SeededRandom } from './seeded.random.js';

/** Small, so that samples get beyond it. */
const BOUND = 64 << 10;
const SAMPLES = 64;
/** Characters of a difference. */
const SHOWN = 2000;

/** What a run saw. */
export interface FuzzCount {
  executions: number;
  records: number;
  /** How often each code was thrown. */
  faults: Map<string, number>;
}

/** The reader under test, with everything that must hold of what it says. */
class ReadThrough {
  lines: string[] = [];
  readonly #reader = new PartitionReader({ maxDecompressedBytes: BOUND });
  readonly #headers = new HeaderCursor();

  read(bytes: Buffer, start: number, end: number, { position, aborted }: SampleAnswer): void {
    this.lines = [];
    const reader = this.#reader;
    reader.open(bytes, start, end, position, aborted);
    let steps = 0;
    // Everything that is read takes a byte at least; anything that needs more steps is a hang.
    const most = end - start + BOUND * 20;
    const step = () => {
      if (++steps > most) throw new Error('it does not come to an end');
    };
    for (let more = true; more; step()) {
      more = this.#noting(() => {
        while (reader.nextBatch()) {
          step();
          if (reader.batchStart < start || reader.batchEnd > end) throw new Error('a batch beyond the answer');
          for (let moreRecords = true; moreRecords; step()) {
            moreRecords = this.#noting(() => {
              for (; reader.records.next(); step()) this.#record(reader.records);
            });
          }
        }
      });
    }
    this.lines.push(`position ${reader.position}`);
  }

  /** True when something was refused, and reading may go on. */
  #noting(read: () => void): boolean {
    try {
      read();
      return false;
    } catch (error) {
      if (!(error instanceof RecordBatchError)) throw error;
      this.lines.push(`${error.code} costs the ${error.scope}`);
      return true;
    }
  }

  #record(record: RecordCursor): void {
    const { start, keyStart, keyEnd, valueStart, valueEnd, headersStart, end } = record;
    let at = start;
    for (const [from, to] of [
      [keyStart, keyEnd],
      [valueStart, valueEnd],
      [headersStart, end],
    ] as const) {
      if (from === NULL_REGION && to === NULL_REGION) continue;
      if (from < at || to < from || to > end) throw new Error('a region beyond its record');
      at = to;
    }
    const key = this.#text(record, keyStart, keyEnd);
    this.lines.push(`${record.offset} ${record.timestamp} ${key} ${this.#text(record, valueStart, valueEnd)}`);
    const headers = this.#headers;
    headers.open(record);
    while (headers.next()) {
      const name = this.#text(headers, headers.keyStart, headers.keyEnd);
      this.lines.push(`${name}: ${this.#text(headers, headers.valueStart, headers.valueEnd)}`);
    }
  }

  #text({ bytes }: { bytes: Buffer }, start: number, end: number): string {
    return start === NULL_REGION ? 'null' : bytes.toString('latin1', start, end);
  }
}

/**
 * Reads `executions` damaged answers and compares line by line with what the plain reader makes of the same bytes. The
 * answer lies between other bytes, or at the very end of its buffer; the plain reader has it alone: who reads beyond it
 * says something else, or fails. Throws at the first difference. The same seed is the same run.
 * Some thousand at a time: zlib lets go of what it refused when the event loop turns.
 */
export function fuzz(seed: number, executions: number): FuzzCount {
  const under = new ReadThrough();
  const count: FuzzCount = { executions, records: 0, faults: new Map() };
  const random = new SeededRandom(seed);
  const samples = Array.from({ length: SAMPLES }, () => sampleAnswer(random));
  for (let i = 0; i < executions; i++) {
    const sample = random.of(samples);
    const answer = mutated(random, sample);
    const around = random.of([Buffer.alloc(0), Buffer.alloc(80, random.uint32()), answer.subarray(0, 80)]);
    const bytes = Buffer.concat([around, answer, around]);
    const plain = new PlainReader(sample.position, sample.aborted, BOUND);
    try {
      plain.read(answer);
      under.read(bytes, around.length, around.length + answer.length, sample);
    } catch (error) {
      throw new Error(`seed ${seed}, execution ${i}`, { cause: error });
    }
    const said = under.lines.join('\n');
    const expected = plain.lines.join('\n');
    if (said !== expected) {
      const clipped = (text: string) => text.slice(0, SHOWN);
      throw new Error(`seed ${seed}, execution ${i}: said\n${clipped(said)}\nbut expected\n${clipped(expected)}`);
    }
    for (const line of under.lines) {
      const code = /^[A-Z_]+(?= costs the )/.exec(line)?.[0];
      if (code !== undefined) count.faults.set(code, (count.faults.get(code) ?? 0) + 1);
      else if (/^\d/.test(line)) count.records++;
    }
  }
  return count;
}
