/** A stream with views on it, for specs of the readings: records in, what the views make of them out. */
import { type AvroRecord, compileCodec, frameOf, projectSchema, readFrame } from '@citystreams/avro';
import type {
  Level,
  QuarantineReason,
  StreamMessage,
  Ulid,
  ViewMessage,
  ViewSchemasMessage,
} from '@citystreams/contracts';
import { bytesOf, HeaderBlock, HeaderCursor, PartitionReader } from '@citystreams/record-batch';
import { StreamProgram } from '../projection/stream.program.js';
import { ViewProgram } from '../projection/view.program.js';
import { Outputs } from '../transactions/outputs.js';
import { type Judge, Reading } from './reading.js';
import { RecordWalk } from './record.walk.js';
import { Slot } from './slot.js';

const STREAM = 'medical-insurance.claim-settled' as StreamMessage['stream'];
export const WRITER_ID = 4;
const VIEW_SCHEMA_ID = 40;
const writer: AvroRecord = {
  type: 'record',
  name: 'Claim',
  namespace: 'city',
  fields: [
    { name: 'claimId', type: 'string' },
    { name: 'settledAt', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'amount', type: 'int' },
  ],
};
export const NOW = 1_750_000_000_000;
const codec = compileCodec(writer);

export interface SourceRecord {
  value?: Buffer | null;
  key?: string | null;
  headers?: [string, string | null][];
  timestamp?: number;
}

export interface ShownRecord {
  key: string | null;
  value: Buffer;
  headers: [string, string | null][];
  timestamp: number;
}

export const claim = (claimId: string, amount = 7, settledAt = Date.parse('2026-01-02T03:04:05Z')): Buffer =>
  frameOf(WRITER_ID, codec.encode({ claimId, settledAt, amount }));

/** An answer's bytes, as a broker would send them. */
export function answerOf(records: readonly SourceRecord[], from = 0): Buffer {
  const batches: Buffer[] = [];
  let offset = BigInt(from);
  const outputs = new Outputs({ openBytes: 1 << 30, inFlightBytes: 1 << 30, codec: 'none' }, (batch) => {
    const bytes = Buffer.from(batch.finish({ producerId: -1n, epoch: -1, sequence: -1, transactional: false }));
    bytes.writeBigInt64BE(offset, 0);
    offset += BigInt(batch.recordCount);
    batches.push(bytes);
  });
  const { batch } = outputs.open('source', 0);
  for (const { value = claim('c-1'), key = 'c-1', headers = [], timestamp = 1_700_000_000_000 } of records) {
    const block = new HeaderBlock();
    for (const [name, text] of headers) {
      if (text === null) block.addNull(bytesOf(Buffer.from(name)));
      else block.add(bytesOf(Buffer.from(name)), bytesOf(Buffer.from(text)), 0, Buffer.byteLength(text));
    }
    const keyBytes = key === null ? null : bytesOf(Buffer.from(key));
    const size = value?.length ?? -1;
    const at = batch.begin(timestamp, keyBytes, 0, key?.length ?? -1, size, block, block.start, block.end);
    value?.copy(batch.bytes, at);
    batch.end(at + Math.max(size, 0));
  }
  outputs.seal();
  return Buffer.concat(batches);
}

export interface ViewWish {
  fields: string[];
  level?: Level;
  key?: 'field' | 'none';
  predicate?: ViewMessage['definition']['predicate'];
}

export function viewOf(id: string, { fields, level = 'L2', key = 'field', predicate = null }: ViewWish): ViewMessage {
  return {
    view: id as Ulid,
    topic: `view.${STREAM}.${id}`,
    identity: id.charCodeAt(0).toString(16).repeat(32),
    definition: { stream: STREAM, fields, masks: {}, predicate, key },
    level,
  } as unknown as ViewMessage;
}

export const streamProgram = (): StreamProgram =>
  new StreamProgram(
    {
      stream: STREAM,
      key: 'claimId',
      time: 'settledAt',
      versions: [{ schemaId: WRITER_ID, schema: JSON.stringify(writer) }],
    } as StreamMessage,
    undefined,
    1 << 20,
  );

export function viewSchemas(view: ViewMessage): ViewSchemasMessage {
  const schema = JSON.stringify(projectSchema(writer, view.definition.fields, {}));
  return { schemas: [{ writerSchemaId: WRITER_ID, viewSchemaId: VIEW_SCHEMA_ID, schema }] } as ViewSchemasMessage;
}

export interface Walked {
  position: number;
  events: number;
  poison: [number, QuarantineReason][];
  /** Bytes that were no record, or no batch. */
  unreadable: Buffer[];
  shown: Map<string, ShownRecord[]>;
}

/** What becomes of the records, for views by their id. */
export function walked(
  records: readonly SourceRecord[] | Buffer,
  wishes: Record<string, ViewWish>,
  { from = 0, limit = Infinity, waitsFor = -1 } = {},
): Walked {
  const stream = streamProgram();
  const poison: [number, QuarantineReason][] = [];
  const unreadable: Buffer[] = [];
  const judge: Judge = {
    planFor(reading, schemaId) {
      const version = stream.versions.get(schemaId);
      if (version === undefined) return schemaId === waitsFor ? 'WAIT' : 'UNKNOWN_SCHEMA_ID';
      const views = reading.slots.map((slot) => slot.program.projector(version));
      return reading.keep({ schemaId, scanner: version.scanner, views, refusedUpTo: -1 });
    },
    poisoned: (_, reason, record) => void poison.push([record.offset, reason]),
    unreadable: (_, bytes, offset) => void (poison.push([offset, 'CORRUPT']), unreadable.push(Buffer.from(bytes))),
  };
  const written = new Map<string, Buffer[]>(Object.keys(wishes).map((id) => [id, []]));
  const outputs = new Outputs({ openBytes: 1 << 30, inFlightBytes: 1 << 30, codec: 'none' }, (batch) => {
    const bytes = batch.finish({ producerId: -1n, epoch: -1, sequence: -1, transactional: false });
    written.get(batch.topic)?.push(Buffer.from(bytes));
  });
  const reading = new Reading('shared', STREAM, 'topic-id', 0, from, judge);
  for (const [id, wish] of Object.entries(wishes)) {
    const view = viewOf(id, wish);
    const program = new ViewProgram(view, stream, viewSchemas(view), Buffer.alloc(32, 1));
    reading.attach(new Slot(program, outputs.open(id, 0)));
  }
  const answer = Buffer.isBuffer(records) ? records : answerOf(records);
  const reader = new PartitionReader();
  reader.open(answer, 0, answer.length, from, []);
  const walk = new RecordWalk();
  const position = walk.walk(reading, reader, limit, NOW);
  outputs.seal();
  const shown = new Map([...written].map(([id, batches]) => [id, batches.flatMap(recordsOf)]));
  return { position, events: walk.events, poison, unreadable, shown };
}

function recordsOf(batch: Buffer): ShownRecord[] {
  const reader = new PartitionReader();
  reader.open(batch, 0, batch.length, 0, []);
  const cursor = new HeaderCursor();
  const shown: ShownRecord[] = [];
  while (reader.nextBatch()) {
    const { records } = reader;
    while (records.next()) {
      const headers: [string, string | null][] = [];
      cursor.open(records);
      while (cursor.next()) {
        const { bytes, keyStart, keyEnd, valueStart, valueEnd } = cursor;
        const value = valueStart < 0 ? null : bytes.toString('utf8', valueStart, valueEnd);
        headers.push([bytes.toString('utf8', keyStart, keyEnd), value]);
      }
      const { bytes, keyStart, keyEnd, valueStart, valueEnd, timestamp } = records;
      const key = keyStart < 0 ? null : bytes.toString('utf8', keyStart, keyEnd);
      shown.push({ key, value: Buffer.from(bytes.subarray(valueStart, valueEnd)), headers, timestamp });
    }
  }
  return shown;
}

/** The fields of a shown value, decoded as a consumer would by the view's schema. */
export function fieldsOf(shown: ShownRecord | undefined, fields: string[]): unknown {
  const frame = readFrame(shown?.value ?? Buffer.alloc(0));
  if (frame?.schemaId !== VIEW_SCHEMA_ID) throw new Error('not under the view’s schema');
  return compileCodec(projectSchema(writer, fields, {}) ?? 'null').decode(frame.body);
}
