/** Every rule of the checker, broken on purpose: a judge that cannot fail proves nothing. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { check } from './check.js';
import type { ExpectedRecord, Facts, Outcome, SeenRecord, SourceEvent, ViewFacts, ViolationKind } from './facts.js';

const PARTITIONS = 2;
const EVENTS = 12;
const SECRET = Buffer.from('withheld');

const idOf = (n: number): string => `event-${n}`;
/** Every third event is not for this view. */
const isWanted = (id: string): boolean => Number(id.slice(6)) % 3 !== 2;

const expectedOf = (id: string): ExpectedRecord => ({
  key: Buffer.from(id),
  value: Buffer.from(`value of ${id}`),
  headers: [
    ['ce_id', Buffer.from(id)],
    ['sealed', null],
  ],
  timestamp: 1000n,
});

function recordOf(
  id: string,
  place: { partition: number; offset: bigint },
  over: Partial<SeenRecord> = {},
): SeenRecord {
  const { key, value } = expectedOf(id);
  const headers: SeenRecord['headers'] = [
    ['ce_id', Buffer.from(id)],
    ['sealed', Buffer.from(`hash of ${id}`)],
  ];
  return { ...place, key, value, headers, timestamp: 1000n, visibility: 'committed', ...over };
}

/** A world in which all is well: two partitions, one aborted source event, one aborted attempt in the view. */
function goodFacts(): { facts: Facts; view: { -readonly [K in keyof ViewFacts]: ViewFacts[K] }; log: SeenRecord[] } {
  const source: SourceEvent[] = [];
  const ledger = new Map<string, Outcome>([['event-99', 'aborted']]);
  const log: SeenRecord[] = [];
  const next = [0n, 0n];
  for (let n = 0; n < EVENTS; n += 1) {
    const partition = n % PARTITIONS;
    const offset = BigInt(Math.floor(n / PARTITIONS) * 2);
    const id = idOf(n);
    ledger.set(id, 'committed');
    source.push({ stream: 'a.b', id, partition, offset });
    if (!isWanted(id)) continue;
    if (n === 4) log.push(recordOf(id, { partition, offset: take(next, partition) }, { visibility: 'aborted' }));
    log.push(recordOf(id, { partition, offset: take(next, partition) }));
  }
  const view = {
    topic: 'view.a.b.C',
    stream: 'a.b',
    spans: new Map([0, 1].map((p) => [p, [{ from: 0n, to: 100n }]])),
    log,
    committedReader: readerOf(log),
    positions: new Map([0, 1].map((p) => [p, 100n])),
    withheld: [SECRET],
    identify: (r: SeenRecord) => r.headers.find(([name]) => name === 'ce_id')?.[1].toString() ?? null,
    expected: (id: string) => (isWanted(id) ? expectedOf(id) : null),
  };
  return { facts: { source, ledger, views: [view] }, view, log };
}

function take(next: bigint[], partition: number): bigint {
  const offset = next[partition] ?? 0n;
  next[partition] = offset + 1n;
  return offset;
}

const readerOf = (log: readonly SeenRecord[]) =>
  log.filter((r) => r.visibility === 'committed').map(({ partition, offset }) => ({ partition, offset }));

type World = ReturnType<typeof goodFacts>;

/** Plants one fault in a good world and says which kinds the checker tells. */
function kindsAfter(plant: (world: World) => void): ViolationKind[] {
  const world = goodFacts();
  plant(world);
  world.view.committedReader = readerOf(world.log);
  return [...new Set(check(world.facts).map(({ kind }) => kind))].sort();
}

const committed = (log: readonly SeenRecord[]): number[] =>
  log.flatMap((r, index) => (r.visibility === 'committed' ? [index] : []));
const at = (log: readonly SeenRecord[], index: number): SeenRecord => log[index] as SeenRecord;
const replace = (log: SeenRecord[], index: number, over: Partial<SeenRecord>): void => {
  log[index] = { ...at(log, index), ...over };
};

test('finds nothing where all is well', () => {
  expect(kindsAfter(() => undefined)).toEqual([]);
});

describe('tells', () => {
  test('a lost event, and that the position has passed it', () => {
    expect(kindsAfter(({ log }) => log.splice(0, 1))).toEqual(['LOSS', 'POSITION_AHEAD']);
  });

  test('a duplicate', () => {
    const plant = ({ log }: World) => log.push({ ...at(log, 0), offset: 90n });
    expect(kindsAfter(plant)).toEqual(['DUPLICATE']);
  });

  test('two events of a partition in the wrong order', () => {
    const plant = ({ log }: World) => {
      const [a, b] = log.filter((r) => r.partition === 0 && r.visibility === 'committed') as [SeenRecord, SeenRecord];
      const [i, j] = [log.indexOf(a), log.indexOf(b)];
      replace(log, i, { offset: b.offset });
      replace(log, j, { offset: a.offset });
    };
    expect(kindsAfter(plant)).toEqual(['REORDER']);
  });

  test('an event in another partition than its own', () => {
    expect(kindsAfter(({ log }) => replace(log, 0, { partition: 1, offset: 80n }))).toContain('WRONG_PARTITION');
  });

  test('an event that the view withholds', () => {
    const plant = ({ log }: World) => log.push(recordOf(idOf(2), { partition: 0, offset: 90n }));
    expect(kindsAfter(plant)).toContain('FOREIGN');
  });

  test('a record of another stream, also in an aborted batch', () => {
    const plant = ({ log }: World) =>
      log.push(recordOf('stranger-1', { partition: 0, offset: 90n }, { visibility: 'aborted' }));
    expect(kindsAfter(plant)).toEqual(['FOREIGN']);
  });

  test("another stream's event", () => {
    const plant = ({ log, facts }: World) => {
      (facts.source as SourceEvent[]).push({ stream: 'a.other', id: 'other-1', partition: 0, offset: 50n });
      (facts.ledger as Map<string, Outcome>).set('other-1', 'committed');
      log.push(recordOf('other-1', { partition: 0, offset: 90n }));
    };
    expect(kindsAfter(plant)).toEqual(['FOREIGN']);
  });

  test('an event from after the view was stopped', () => {
    const plant = ({ view }: World) => {
      view.spans = new Map([0, 1].map((p) => [p, [{ from: 0n, to: 4n }]]));
    };
    expect(kindsAfter(plant)).toEqual(['BEYOND_SPAN']);
  });

  test('an event from the time in which a view was suspended', () => {
    const plant = ({ view }: World) => {
      const spans = [
        { from: 0n, to: 4n },
        { from: 6n, to: 100n },
      ];
      view.spans = new Map([0, 1].map((p) => [p, spans]));
    };
    expect(kindsAfter(plant)).toEqual(['BEYOND_SPAN']);
  });

  test('an event whose own transaction was aborted, also in an aborted batch', () => {
    const plant = ({ log }: World) =>
      log.push(recordOf('event-99', { partition: 0, offset: 90n }, { visibility: 'aborted' }));
    expect(kindsAfter(plant)).toEqual(['ABORTED_SOURCE']);
  });

  test.each(['key', 'value', 'timestamp', 'headers'] as const)('another %s than the view says', (part) => {
    const other = {
      key: { key: Buffer.from('x') },
      value: { value: Buffer.from('x') },
      timestamp: { timestamp: 5n },
      headers: { headers: [['ce_id', Buffer.from('event-0')]] as const },
    }[part];
    expect(kindsAfter(({ log }) => replace(log, 0, other))).toContain('ALTERED');
  });

  test.each(['key', 'value', 'headers'] as const)('withheld bytes in the %s of an aborted batch', (part) => {
    const leak = Buffer.concat([Buffer.from('x'), SECRET, Buffer.from('y')]);
    const plant = ({ log }: World) => {
      const index = log.findIndex((r) => r.visibility === 'aborted');
      const old = at(log, index);
      replace(log, index, part === 'headers' ? { headers: [...old.headers, ['more', leak]] } : { [part]: leak });
    };
    expect(kindsAfter(plant)).toContain('LEAK');
  });

  test('an event written twice with different bytes', () => {
    const plant = ({ log }: World) => {
      const index = log.findIndex((r) => r.visibility === 'aborted');
      const headers = at(log, index).headers.map(
        ([name, v]) => [name, name === 'sealed' ? Buffer.from('?') : v] as const,
      );
      replace(log, index, { headers });
    };
    expect(kindsAfter(plant)).toEqual(['NOT_REPEATABLE']);
  });

  test('a read_committed reader that sees what was aborted, or misses what was not', () => {
    const { facts, view, log } = goodFacts();
    view.committedReader = log.map(({ partition, offset }) => ({ partition, offset }));
    expect(check(facts).map(({ kind }) => kind)).toEqual(['ISOLATION']);
    view.committedReader = [];
    expect(new Set(check(facts).map(({ kind }) => kind))).toEqual(new Set(['ISOLATION']));
  });

  test('a position that has passed an event without its output', () => {
    const plant = ({ log, view }: World) => {
      log.pop();
      view.spans = new Map([0, 1].map((p) => [p, [{ from: 0n, to: 100n }]]));
    };
    expect(kindsAfter(plant)).toContain('POSITION_AHEAD');
  });

  test('a position that lies before an event with an output', () => {
    const plant = ({ view }: World) => {
      view.positions = new Map([0, 1].map((p) => [p, 4n]));
    };
    expect(kindsAfter(plant)).toEqual(['POSITION_BEHIND']);
  });

  test('a source that lost or invented what the producer knows', () => {
    const without = goodFacts();
    const facts = { ...without.facts, ledger: new Map([...without.facts.ledger, ['event-77', 'committed' as const]]) };
    expect(check(facts).map(({ kind }) => kind)).toEqual(['LEDGER']);
    const aborted = new Map([...without.facts.ledger, [idOf(2), 'aborted' as const]]);
    expect(check({ ...without.facts, ledger: aborted }).map(({ kind }) => kind)).toEqual(['LEDGER']);
  });
});

test('whatever single record is lost, doubled or hidden, it is told', () => {
  fc.assert(
    fc.property(fc.nat(), fc.constantFrom('lose', 'double', 'abort'), (pick, how) => {
      const world = goodFacts();
      const places = committed(world.log);
      const index = places[pick % places.length] as number;
      if (how === 'lose') world.log.splice(index, 1);
      else if (how === 'double') world.log.push({ ...at(world.log, index), offset: 90n });
      else replace(world.log, index, { visibility: 'aborted' });
      world.view.committedReader = readerOf(world.log);
      const kinds = check(world.facts).map(({ kind }) => kind);
      expect(kinds).toContain(how === 'double' ? 'DUPLICATE' : 'LOSS');
    }),
  );
});
