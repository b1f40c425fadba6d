/**
 * The events that every scenario publishes. Each has an id of its own and values that no view shows; all of those
 * contain the same eight letters, also the number, so that one search finds any of them in any byte.
 */
import avsc from 'avsc';
import type { Random } from '../random.js';

export interface StageEvent {
  readonly kind: 'event';
  readonly id: string;
  readonly sequence: number;
  readonly district: string;
  readonly reading: number;
  readonly occurredAt: number;
  /** Withheld from every view. */
  readonly resident: string;
  readonly remark: string | null;
  readonly weight: number;
}

/** A record that is no event of its stream: it belongs into quarantine, with its bytes. */
export interface Poison {
  readonly kind: 'poison';
  readonly id: string;
  readonly bytes: Buffer;
}

export type Published = StageEvent | Poison;

const MARKED = 'withheld';
export const WITHHELD = Buffer.from(MARKED);
const WITHHELD_NUMBER = WITHHELD.readDoubleLE();
export const DISTRICTS = ['north', 'east', 'south', 'harbour'] as const;
const POISON_SHARE = 0.01;
/** So that no two runs share an id, and nothing in a log of an earlier run is taken for this one's. */
const ID_DIGITS = 6;

const classified = (level: string, category: string) => ({ classification: { level, category } });

/** `level`: of the resident's name, and so of the stream. */
export function contractOf(level: 'L2' | 'L3') {
  return {
    type: 'record' as const,
    name: 'MeterReading',
    namespace: 'city.resilience',
    doc: 'A meter in a home was read.',
    key: 'eventId',
    time: 'occurredAt',
    fields: [
      { name: 'eventId', type: 'string', doc: 'Its id.', ...classified('L1', 'identifier') },
      { name: 'resident', type: 'string', doc: 'Who lives there.', ...classified(level, 'contact') },
      { name: 'sequence', type: 'long', doc: 'Its number.', ...classified('L1', 'measurement') },
      { name: 'district', type: 'string', doc: 'Where it is.', ...classified('L1', 'location') },
      {
        name: 'remark',
        type: ['null', 'string'],
        default: null,
        doc: 'What the reader noted.',
        ...classified(level, 'description'),
      },
      { name: 'reading', type: 'double', doc: 'What the meter shows.', ...classified('L1', 'measurement') },
      { name: 'weight', type: 'double', doc: 'A number nobody may see.', ...classified(level, 'health') },
      {
        name: 'occurredAt',
        type: { type: 'long', logicalType: 'timestamp-millis' },
        doc: 'When it was read.',
        ...classified('L1', 'time'),
      },
    ],
  };
}

export const CONTRACT_TYPE = 'city.resilience.MeterReading';
const FIELDS = contractOf('L2').fields;
export type FieldName = 'eventId' | 'sequence' | 'district' | 'reading' | 'occurredAt';

/** The codec of an event cut down to these fields, in the contract's order; all of them without an argument. */
export function codecOf(kept?: readonly FieldName[]): avsc.Type {
  const fields = FIELDS.filter(({ name }) => kept === undefined || (kept as readonly string[]).includes(name)).map(
    ({ name, type }) => ({ name, type: typeof type === 'object' && !Array.isArray(type) ? type.type : type }),
  );
  return avsc.Type.forSchema({ type: 'record', name: CONTRACT_TYPE, fields });
}

export class EventSource {
  private count = 0;

  constructor(
    private readonly prefix: string,
    private readonly random: Random,
  ) {}

  next(): Published {
    const sequence = this.count++;
    const id = `${this.prefix}-${String(sequence).padStart(ID_DIGITS, '0')}`;
    if (this.random.chance(POISON_SHARE)) return { kind: 'poison', id, bytes: Buffer.from(`not an event: ${id}`) };
    return {
      kind: 'event',
      id,
      sequence,
      district: this.random.pick(DISTRICTS),
      reading: this.random.between(0, 1000),
      occurredAt: 1_767_225_600_000 + sequence * 1000,
      resident: `${MARKED} resident of ${id}`,
      remark: this.random.chance(0.5) ? null : `${MARKED} ${'remark '.repeat(this.random.whole(0, 20))}`,
      weight: WITHHELD_NUMBER,
    };
  }
}

/** What the codecs take: field names of the contract. */
export const avroOf = (event: StageEvent): Record<string, unknown> => ({ ...event, eventId: event.id });

/** The id attribute of an event: not its id, so that a view that hides it can be seen to do so. */
const MARK = 'mark-';
const ceId = (id: string): string => `${MARK}${id}`;
export const idOfCeId = (value: string): string | null => (value.startsWith(MARK) ? value.slice(MARK.length) : null);
export const CE_ID_MARK = Buffer.from(MARK);

/** Headers as a publisher sets them, and two that must stay behind. */
export function headersOf(event: Published, agency: string): [string, Buffer][] {
  const time = event.kind === 'event' ? event.occurredAt : 0;
  return [
    ['ce_specversion', Buffer.from('1.0')],
    ['ce_type', Buffer.from(CONTRACT_TYPE)],
    ['ce_source', Buffer.from(`urn:citystreams:${agency}.meters`)],
    ['x-before', Buffer.from(`${MARKED} before`)],
    ['ce_id', Buffer.from(ceId(event.id))],
    ['ce_time', Buffer.from(new Date(time).toISOString())],
    ['content-type', Buffer.from('application/avro')],
    ['traceparent', Buffer.from('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01')],
    ['x-after', Buffer.from(`${MARKED} after`)],
  ];
}
