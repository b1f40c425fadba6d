/** The streams and views of a stage, as the control services would announce them, and what each view must show. */
import { frameOf, parseContract, projectSchema, readFrame } from '@citystreams/avro';
import {
  FieldPath,
  type Predicate,
  quarantineTopicOf,
  QUARANTINE_HEADERS,
  StreamMessage,
  StreamName,
  Ulid,
  ViewMessage,
  ViewSchemasMessage,
  viewTopicOf,
} from '@citystreams/contracts';
import type { ExpectedRecord, SeenRecord } from '../checker/facts.js';
import type { Random } from '../random.js';
import {
  avroOf,
  CE_ID_MARK,
  CONTRACT_TYPE,
  codecOf,
  contractOf,
  DISTRICTS,
  type FieldName,
  headersOf,
  idOfCeId,
  type Published,
  type StageEvent,
  WITHHELD,
} from './events.js';

/** Where a record lies in its source and since when: part of what quarantine says of it. */
export interface SourcePlace {
  readonly partition: number;
  readonly offset: bigint;
  readonly timestamp: bigint;
}

/** A topic that the router writes, with what must be in it. */
export interface Target {
  readonly topic: string;
  readonly stream: StreamFixture;
  readonly withheld: readonly Buffer[];
  identify(record: SeenRecord): string | null;
  expected(event: Published, place: SourcePlace): ExpectedRecord | null;
}

export interface ViewFixture extends Target {
  /** As it was announced last. */
  message: ViewMessage;
  readonly schemas: ViewSchemasMessage;
}

export interface StreamFixture {
  readonly name: StreamName;
  readonly agency: string;
  readonly level: 'L2' | 'L3';
  readonly schemaId: number;
  /** As it was announced last. */
  message: StreamMessage;
}

const DAY_MS = 86_400_000;
const LONG_AGO = '2026-01-01T00:00:00.000Z';
const ULID_LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'.split('');
const HEX_DIGITS = '0123456789abcdef'.split('');

export const newUlid = (random: Random): Ulid =>
  Ulid.parse(
    random.pick(ULID_LETTERS.slice(0, 8)) + Array.from({ length: 25 }, () => random.pick(ULID_LETTERS)).join(''),
  );

export function newStream(
  name: string,
  o: { level: 'L2' | 'L3'; partitions: number; schemaId: number },
): StreamFixture {
  const stream = StreamName.parse(name);
  const agency = stream.slice(0, stream.indexOf('.'));
  const parsed = parseContract(contractOf(o.level));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.findings));
  const { contract } = parsed;
  const message = StreamMessage.parse({
    format: 1,
    kind: 'stream',
    stream,
    owner: agency,
    level: contract.level,
    sharing: 'conditional',
    visibility: 'listed',
    key: contract.key,
    time: contract.time,
    retentionMs: 30 * DAY_MS,
    partitions: o.partitions,
    publishers: [`${agency}.meters`],
    versions: [{ version: 1, schemaId: o.schemaId, schema: contract.schema, fields: contract.fields }],
  });
  return { name: stream, agency, level: o.level, schemaId: o.schemaId, message };
}

export interface ViewOptions {
  readonly fields: readonly FieldName[];
  readonly district?: (typeof DISTRICTS)[number];
  readonly history?: 'retained' | 'from-grant';
  readonly schemaId: number;
}

export function newView(stream: StreamFixture, random: Random, o: ViewOptions): ViewFixture {
  const view = newUlid(random);
  const topic = viewTopicOf(stream.name, view);
  const predicate: Predicate | null =
    o.district === undefined ? null : { op: 'eq', field: FieldPath.parse('district'), value: o.district };
  const isShared = stream.level === 'L2' && o.history !== 'from-grant';
  const message = ViewMessage.parse({
    format: 1,
    view,
    topic,
    identity: Array.from({ length: 64 }, () => random.pick(HEX_DIGITS)).join(''),
    definition: {
      stream: stream.name,
      fields: [...o.fields],
      masks: Object.fromEntries(o.fields.map((field) => [field, { kind: 'keep' }])),
      predicate,
      key: o.fields.includes('eventId') ? 'field' : 'none',
      history: o.history ?? 'retained',
      retentionMs: 30 * DAY_MS,
      entitlement: isShared ? null : newUlid(random),
    },
    level: stream.level,
    partitions: stream.message.partitions,
    generation: 1,
    replayFrom: null,
    holders: [{ entitlement: newUlid(random), validFrom: LONG_AGO, validTo: null }],
  });
  const schema = JSON.stringify(projectSchema(contractOf(stream.level), o.fields));
  const schemas = ViewSchemasMessage.parse({
    format: 1,
    kind: 'view-schemas',
    topic,
    stream: stream.name,
    schemas: [{ writerSchemaId: stream.schemaId, viewSchemaId: o.schemaId, schema }],
  });
  const codec = codecOf(o.fields);
  const isLinkable = stream.level === 'L2';
  return {
    topic,
    stream,
    message,
    schemas,
    withheld: isLinkable ? [WITHHELD] : [WITHHELD, CE_ID_MARK],
    identify(record) {
      if (isLinkable) return idOfCeId(headerOf(record, 'ce_id'));
      const frame = record.value === null ? null : readFrame(record.value);
      if (frame === null) return null;
      try {
        return (codec.fromBuffer(frame.body) as { eventId?: string }).eventId ?? null;
      } catch {
        return null;
      }
    },
    expected(event, place) {
      if (event.kind === 'poison' || (o.district !== undefined && event.district !== o.district)) return null;
      return {
        key: o.fields.includes('eventId') ? Buffer.from(event.id) : null,
        value: frameOf(o.schemaId, codec.toBuffer(avroOf(event))),
        headers: isLinkable ? linkableHeaders(event, stream) : sealedHeaders(event, stream, o.fields),
        timestamp: isLinkable ? place.timestamp : null,
      };
    },
  };
}

/** The stream's quarantine: everything that is no event, with its bytes as they were. */
export function quarantineOf(stream: StreamFixture): Target {
  return {
    topic: quarantineTopicOf(stream.name),
    stream,
    withheld: [],
    identify: (record) => idOfCeId(headerOf(record, 'ce_id')),
    expected(event, place) {
      if (event.kind === 'event') return null;
      return {
        key: Buffer.from(event.id),
        value: event.bytes,
        headers: [
          [QUARANTINE_HEADERS.reason, Buffer.from('NOT_AVRO')],
          [QUARANTINE_HEADERS.topic, Buffer.from(stream.name)],
          [QUARANTINE_HEADERS.partition, Buffer.from(String(place.partition))],
          [QUARANTINE_HEADERS.offset, Buffer.from(String(place.offset))],
          [QUARANTINE_HEADERS.timestamp, Buffer.from(String(place.timestamp))],
          ...headersOf(event, stream.agency),
        ],
        timestamp: place.timestamp,
      };
    },
  };
}

const headerOf = (record: SeenRecord, name: string): string =>
  record.headers.find(([n]) => n === name)?.[1].toString() ?? '';

const linkableHeaders = (event: StageEvent, stream: StreamFixture): [string, Buffer][] =>
  headersOf(event, stream.agency).filter(([name]) => !name.startsWith('x-'));

/** From L3 on: the id is a keyed hash, whatever it is; the source is the agency; the time is what the view shows. */
const sealedHeaders = (
  event: StageEvent,
  stream: StreamFixture,
  fields: readonly FieldName[],
): [string, Buffer | null][] => [
  ['ce_specversion', Buffer.from('1.0')],
  ['ce_type', Buffer.from(CONTRACT_TYPE)],
  ['ce_source', Buffer.from(`urn:citystreams:${stream.agency}`)],
  ['ce_id', null],
  ...(fields.includes('occurredAt')
    ? [['ce_time', Buffer.from(new Date(event.occurredAt).toISOString())] as [string, Buffer]]
    : []),
  ['content-type', Buffer.from('application/avro')],
];
