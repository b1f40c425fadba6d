/**
 * What one event costs, in CPU time of one thread: medians of several rounds, all candidates in turn in each round.
 *
 *     node libs/avro/bench/dist/projector.bench.js [rounds]
 */
import { createHmac } from 'node:crypto';
import {
  type ByteViewOptions,
  compileByteView,
  compileCodec,
  compileProjection,
  compileScanner,
} from '@citystreams/avro';
import { ORDER, orderNumber } from './samples/orders.js';

const rounds = Number(process.argv[2] ?? 9);
const PURPOSE = { per: 'purpose', purpose: 'TRAFFIC' } as const;
const EVENTS = 1_000;
const KEY = Buffer.from('a key of thirty-two secret bytes');

const codec = compileCodec(ORDER);
const bodies = Array.from({ length: EVENTS }, (_, i) => codec.encode(orderNumber(i)));
/** As a fetch answer holds them: one after another in one buffer. */
const fetched = Buffer.concat(bodies);
const data = new DataView(fetched.buffer, fetched.byteOffset, fetched.byteLength);
const starts = new Int32Array(EVENTS + 1);
bodies.forEach((body, i) => (starts[i + 1] = starts[i]! + body.length));

const target = Buffer.alloc(1 << 20);
const targetData = new DataView(target.buffer, target.byteOffset, target.byteLength);

const PLAIN: ByteViewOptions = {
  fields: ['orderId', 'customerId', 'status', 'amount', 'score', 'items', 'email', 'phone'],
  predicate: null,
  key: 'orderId',
  time: null,
  schemaId: 7,
};

/** Projects every event once into the target, as the router does into an open batch. */
function projecting(...views: ByteViewOptions[]): () => number {
  const scanner = compileScanner(ORDER);
  const compiled = views.map((view) => compileByteView(scanner, view));
  const { event } = scanner;
  const [view] = compiled;
  if (compiled.length === 1 && view !== undefined) {
    return () => {
      let q = 0;
      for (let i = 0; i < EVENTS; i += 1) {
        scanner.scan(fetched, data, starts[i]!, starts[i + 1]!);
        if (view.measure(event) < 0) continue;
        q = view.write(event, target, targetData, q);
        if (view.keySize >= 0) q = view.writeKey(event, target, targetData, q);
      }
      return q;
    };
  }
  return () => {
    let q = 0;
    for (let i = 0; i < EVENTS; i += 1) {
      scanner.scan(fetched, data, starts[i]!, starts[i + 1]!);
      q = 0;
      for (const each of compiled) {
        if (each.measure(event) < 0) continue;
        q = each.write(event, target, targetData, q);
      }
    }
    return q;
  };
}

function scanning(): () => number {
  const scanner = compileScanner(ORDER);
  return () => {
    let sum = 0;
    for (let i = 0; i < EVENTS; i += 1) {
      scanner.scan(fetched, data, starts[i]!, starts[i + 1]!);
      sum += scanner.event.offsets[3]!;
    }
    return sum;
  };
}

function overEach(run: (body: Buffer) => unknown): () => number {
  return () => {
    let seen = 0;
    for (const body of bodies) if (run(body) !== null) seen += 1;
    return seen;
  };
}

const masked = (masks: ByteViewOptions['masks'], ...more: string[]): ByteViewOptions => ({
  ...PLAIN,
  fields: [...PLAIN.fields, ...more],
  masks,
  maskKey: () => KEY,
});
const oracle = compileProjection({ writer: ORDER, ...PLAIN });

const CANDIDATES: Record<string, () => number> = {
  scan: scanning(),
  'scan + plain view (8 of 20 fields)': projecting(PLAIN),
  'scan + wider view (with address, tags)': projecting({
    ...PLAIN,
    fields: ['orderId', 'placedAt', 'status', 'amount', 'items', 'address', 'tags', 'referrer'],
  }),
  'scan + plain view + predicate': projecting({
    ...PLAIN,
    predicate: {
      op: 'and',
      of: [
        { op: 'in', field: 'status', values: ['PAID', 'SENT', 'PLACED', 'CANCELLED'] },
        { op: 'ge', field: 'amount', value: 0 },
      ],
    },
  }),
  'scan + view, one time to the hour': projecting(
    masked({ placedAt: { kind: 'truncate', to: { unit: 'hour' } } }, 'placedAt'),
  ),
  'scan + view, one text shortened': projecting(masked({ phone: { kind: 'partial', first: 3, last: 4 } })),
  'scan + view, one pseudonym (hex)': projecting(masked({ orderId: { kind: 'pseudonym', text: 'hex', key: PURPOSE } })),
  'scan + view, one pseudonym (base64url)': projecting(
    masked({ orderId: { kind: 'pseudonym', text: 'base64url', key: PURPOSE } }),
  ),
  'scan + 4 plain views': projecting(
    PLAIN,
    { ...PLAIN, fields: ['orderId', 'amount', 'discount', 'score'] },
    { ...PLAIN, fields: ['orderId', 'address.district', 'address.postcode', 'sequence'] },
    { ...PLAIN, fields: ORDER.fields.map((f) => f.name) },
  ),
  'one HMAC-SHA-256 by createHmac': overEach(() => createHmac('sha256', KEY).update('o-1000000').digest('hex')),
  'avsc: decode': overEach((body) => codec.decode(body)),
  'avsc: decode, project, encode': overEach((body) => oracle.project(body)),
};

/** CPU microseconds of one event, over about a fifth of a second. */
function measure(run: () => number): number {
  let passes = 0;
  const before = process.cpuUsage();
  const until = performance.now() + 200;
  while (performance.now() < until) {
    for (let i = 0; i < 10; i += 1) run();
    passes += 10;
  }
  const used = process.cpuUsage(before);
  return (used.user + used.system) / (passes * EVENTS);
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

for (const run of Object.values(CANDIDATES)) measure(run);
const figures = new Map<string, number[]>(Object.keys(CANDIDATES).map((name) => [name, []]));
for (let round = 0; round < rounds; round += 1)
  for (const [name, run] of Object.entries(CANDIDATES)) figures.get(name)?.push(measure(run));

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const shown = projecting({ ...PLAIN, key: null })() / EVENTS;
say(
  `${EVENTS} events of ${Math.round(fetched.length / EVENTS)} bytes, the plain view shows ${Math.round(shown)}, Node ${process.version}, median of ${rounds} rounds`,
);
for (const [name, times] of figures) {
  const us = median(times);
  const spread = `${Math.min(...times).toFixed(3)}..${Math.max(...times).toFixed(3)}`;
  say(`${name.padEnd(42)} ${us.toFixed(3)} us  ${(1 / us).toFixed(2).padStart(6)} M/s  (${spread})`);
}
const cost = (name: string): number => median(figures.get(name) ?? []);
const plain = cost('scan + plain view (8 of 20 fields)');
say(`a pseudonym adds ${(cost('scan + view, one pseudonym (hex)') - plain).toFixed(3)} us`);
say(`decoding with avsc costs ${(cost('avsc: decode') / plain).toFixed(1)} times scan + plain view`);
