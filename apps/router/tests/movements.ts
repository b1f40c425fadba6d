/** What the scene announces and publishes. */
import { type AvroRecord, compileCodec } from '@citystreams/avro';
import type { RouterStatusMessage, StreamMessage, StreamName, Ulid, ViewStatusMessage } from '@citystreams/contracts';

export const DAY_MS = 86_400_000;
export const MOVEMENT: AvroRecord = {
  type: 'record',
  name: 'Movement',
  namespace: 'city.test',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'n', type: 'long' },
    { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'person', type: 'string' },
    { name: 'weight', type: 'double' },
  ],
};
export const movementCodec = compileCodec(MOVEMENT);

export function eventOf(n: number): Record<string, unknown> {
  return { id: `f-${n % 17}`, n, at: 1_700_000_000_000 + n, person: `person-${n}`, weight: n / 8 };
}

export function headersOf(n: number): [string, Buffer][] {
  return [
    ['ce_specversion', Buffer.from('1.0')],
    ['ce_type', Buffer.from('city.test.Movement')],
    ['ce_source', Buffer.from('/port')],
    ['ce_id', Buffer.from(`e-${n}`)],
    ['ce_time', Buffer.from(new Date(1_700_000_000_000 + n).toISOString())],
    ['content-type', Buffer.from('application/avro')],
  ];
}

export function streamMessage(name: StreamName, schemaIds: number[], count: number): StreamMessage {
  return {
    format: 1,
    kind: 'stream',
    stream: name,
    owner: name.slice(0, name.indexOf('.')) as StreamMessage['owner'],
    level: 'L2',
    sharing: 'unconditional',
    visibility: 'listed',
    key: 'id',
    time: 'at',
    retentionMs: DAY_MS,
    partitions: count,
    publishers: [],
    versions: schemaIds.map((schemaId, i) => ({
      version: i + 1,
      schemaId,
      schema: JSON.stringify(MOVEMENT),
      fields: [],
    })),
  };
}

export function reportOf(stream: StreamName, topicId: string, partition: number): RouterStatusMessage {
  return {
    format: 1,
    stream,
    partition,
    topicId,
    state: 'running',
    trouble: null,
    detail: null,
    position: '7',
    lagEvents: 0,
    lagSeconds: 0,
    counts: { read: 0, quarantined: 0 },
    transactionMs: 0,
    views: 0,
    slot: 'gone',
    at: new Date().toISOString(),
  };
}

export const viewReportOf = (view: Ulid, partition: number, generation: number): ViewStatusMessage => ({
  format: 1,
  view,
  partition,
  generation,
  state: 'running',
  position: '7',
  stoppedAt: null,
  counts: { read: 0, written: 0, withheld: 0, quarantined: 0 },
  error: null,
  slot: 'gone',
  at: new Date().toISOString(),
});
