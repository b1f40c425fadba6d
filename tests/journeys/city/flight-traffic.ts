/** A flight desk that goes on publishing through everything, and the check that a view holds just what it should. */
import { compileCodec, frameOf, projectSchema, type AvroRecord } from '@citystreams/avro';
import type { IncomingRecord, KafkaSettings } from '@citystreams/kafka';
import { readFrame } from '@citystreams/avro';
import type { City } from './city.js';
import { contractOf, flight, FLIGHTS, flightEvent, openFlightDesk } from './flights.js';
import { readCommitted } from './plain-consumer.js';

const BATCH = 10;
const PAUSE_MS = 40;

export interface Traffic {
  /** Flights that are certainly published: 0 to this, exclusive. */
  published(): number;
  /** Publishes what is in hand and stops. */
  stop(): Promise<number>;
}

export function startTraffic(city: City, from: number): Traffic {
  const desk = openFlightDesk(city);
  let next = from;
  let stopping = false;
  const running = (async () => {
    while (!stopping) {
      await desk.publish(Array.from({ length: BATCH }, (_, i) => flightEvent(next + i)));
      next += BATCH;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  })();
  return {
    published: () => next,
    async stop() {
      stopping = true;
      await running;
      await desk.close();
      return next;
    },
  };
}

const flightsFromSfo = (count: number): number[] =>
  Array.from({ length: count }, (_, n) => flight(n)).flatMap((f) => (f.origin === 'SFO' ? [f.flightId] : []));

export interface Comparison {
  missing: number[];
  twice: number[];
  strangers: number[];
  outOfOrder: number[];
}

const NONE: Comparison = { missing: [], twice: [], strangers: [], outOfOrder: [] };
export const NOTHING_WRONG = NONE;

/** What a view of flights from SFO holds, compared with what was published: flights 0 to `count`. */
export async function compareView(reader: KafkaSettings, topic: string, count: number): Promise<Comparison> {
  const expected = flightsFromSfo(count);
  const schema = projectSchema(contractOf(FLIGHTS) as unknown as AvroRecord, ['flightId', 'delay', 'origin']);
  const codec = compileCodec(schema ?? 'null');
  const records = await readCommitted(reader, topic, expected.length, 60_000);
  const ids = records.map((r) => idOf(r, codec));
  const counts = new Map<number, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  const wanted = new Set(expected);
  return {
    missing: expected.filter((id) => !counts.has(id)),
    twice: [...counts].flatMap(([id, n]) => (n > 1 ? [id] : [])),
    strangers: [...counts.keys()].filter((id) => !wanted.has(id)),
    outOfOrder: ids.filter(
      (id, i) => i > 0 && records[i - 1]?.partition === records[i]?.partition && id < (ids[i - 1] ?? 0),
    ),
  };
}

function idOf(record: IncomingRecord, codec: ReturnType<typeof compileCodec>): number {
  const frame = readFrame(record.value ?? Buffer.alloc(0));
  return (codec.decode(frame?.body ?? Buffer.alloc(0)) as { flightId: number }).flightId;
}

/** Bytes a careless publisher might send. */
export function poison(schemaId: number, foreignId: number): { name: string; value: Buffer | null; reason: string }[] {
  const good = compileCodec(contractOf(FLIGHTS) as unknown as AvroRecord).encode(flight(1));
  return [
    { name: 'json', value: Buffer.from('{"flightId":1}'), reason: 'NOT_AVRO' },
    { name: 'nothing', value: null, reason: 'TOMBSTONE' },
    { name: 'unknown id', value: frameOf(987_654, good), reason: 'UNKNOWN_SCHEMA_ID' },
    { name: 'id of another subject', value: frameOf(foreignId, good), reason: 'FOREIGN_SCHEMA_ID' },
    { name: 'truncated', value: frameOf(schemaId, good.subarray(0, good.length - 2)), reason: 'UNDECODABLE' },
    {
      name: 'trailing bytes',
      value: frameOf(schemaId, Buffer.concat([good, Buffer.from([1])])),
      reason: 'UNDECODABLE',
    },
  ];
}
