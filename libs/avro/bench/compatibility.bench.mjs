// What a registration costs: reading a contract, writing it, comparing it with its versions. CPU time, not wall clock: the
// machine has other work. After `npm run build`: node --expose-gc libs/avro/bench/compatibility.bench.mjs
import {
  checkLevel,
  compareVersions,
  fingerprints,
  normalise,
  readSchema,
  registryMessages,
  registryText,
} from '@citystreams/avro';

const RUNS = 9;
const print = (text) => process.stdout.write(`${text}\n`);

/** A contract as agencies write them: every field with doc and classification, one in four nullable with a default. */
function contract(fields, added = 0) {
  const types = ['long', { type: 'long', logicalType: 'timestamp-millis' }, 'string', ['null', 'double']];
  const list = Array.from({ length: fields + added }, (_, i) => ({
    name: `field${i}`,
    type: i >= fields ? ['null', 'double'] : types[i % 4],
    doc: 'What the value says, in a sentence of the usual length.',
    classification: { level: 'L2', category: 'measurement' },
    ...(i >= fields || i % 4 === 3 ? { default: null } : {}),
  }));
  return { type: 'record', name: 'Event', namespace: 'city.agency', doc: 'An event.', key: 'field0', fields: list };
}

function read(json) {
  const result = readSchema(JSON.stringify(json));
  if (!result.ok) throw new Error(result.findings[0].message);
  return result.schema;
}

/** Microseconds of CPU: median, lowest and highest of the runs. */
function measure(name, work, times) {
  const once = () => {
    const before = process.cpuUsage();
    for (let i = 0; i < times; i++) work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / times;
  };
  once();
  const sorted = Array.from({ length: RUNS }, once).toSorted((a, b) => a - b);
  const shown = [sorted[RUNS >> 1], sorted[0], sorted.at(-1)].map((micros) => micros.toFixed(1).padStart(10));
  print(`${name.padEnd(44)}${shown.join('')} µs`);
}

for (const [fields, times] of [
  [12, 500],
  [200, 40],
]) {
  const json = contract(fields);
  const text = JSON.stringify(json);
  const schema = read(json);
  const versions = Array.from({ length: 10 }, (_, i) => ({ version: i + 1, schema: read(contract(fields, i)) }));
  const next = read(contract(fields, 10));
  const broken = read({ ...contract(fields, 10), fields: contract(fields, 10).fields.slice(1) });
  const [older, newer] = [contract(fields), contract(fields, 1)];
  print(`\n${fields} fields, ${text.length} characters${' '.repeat(14)}CPU: median, lowest, highest of ${RUNS}`);
  measure('JSON.parse, for comparison', () => JSON.parse(text), times);
  measure('readSchema', () => readSchema(text), times);
  measure('registryText', () => registryText(schema), times);
  measure('normalise', () => normalise(schema), times);
  measure('fingerprints', () => fingerprints(schema), times);
  measure('FULL_TRANSITIVE against 10 versions', () => checkLevel('FULL_TRANSITIVE', next, versions), times);
  measure(
    'the same, refused, with messages',
    () =>
      registryMessages(
        checkLevel('FULL_TRANSITIVE', broken, versions, { firstOnly: true }),
        versions,
        'FULL_TRANSITIVE',
      ),
    times,
  );
  measure('compareVersions', () => compareVersions(older, newer), times);
  print(`${'kept in memory, each'.padEnd(44)}${bytesEach(text)} bytes`);
}

function bytesEach(text) {
  if (globalThis.gc === undefined) return 'with --expose-gc: ';
  const COUNT = 2000;
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  const kept = Array.from({ length: COUNT }, () => readSchema(text));
  globalThis.gc();
  return Math.round((process.memoryUsage().heapUsed - before) / kept.length);
}
