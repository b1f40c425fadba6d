/**
 * A whole partition's life in commands, against a log of offsets: readings move, views come, stop, fail and come back,
 * transactions commit or are given up, the process dies. What each view was given must always be each offset once.
 */
import type { Ulid } from '@citystreams/contracts';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type LedgerState, PartitionLedger } from './partition.ledger.js';
import type { Seat } from './seat.js';

const VIEWS = ['A', 'B', 'C'] as Ulid[];
const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 300);

const at = (shared: number): LedgerState => ({ shared, refused: {}, order: -1, seats: new Map() });

type Output = { view: Ulid; offset: number };
/** Stretches of offsets that are meant for each view, the last without an end while it is seated. */
type Meant = Readonly<Record<string, readonly { from: number; to: number }[]>>;
type Stored = { state: LedgerState; outputs: readonly Output[]; meant: Meant };

/** The log, what Kafka holds committed, and one process with its ledger. */
class World {
  end = 0;
  stored: Stored = { state: at(0), outputs: [], meant: {} };
  ledger = new PartitionLedger(this.stored.state, true);
  /** Written since the last commit, and what an unfinished transaction carries. */
  open: Output[] = [];
  ending: Stored | null = null;
  meant: Meant = {};

  begin(view: Ulid, at: number): void {
    this.meant = { ...this.meant, [view]: [...(this.meant[view] ?? []), { from: at, to: Infinity }] };
    this.ledger.begin(view, at, 1);
  }

  stop(view: Ulid): void {
    const at = this.ledger.positionOf(view) ?? this.ledger.shared;
    this.meant = { ...this.meant, [view]: (this.meant[view] ?? []).map((m) => ({ ...m, to: Math.min(m.to, at) })) };
    this.ledger.stop(view, 2);
  }

  give(view: Ulid, from: number, to: number): void {
    for (let offset = from; offset < to; offset++) this.open.push({ view, offset });
  }

  readShared(count: number): void {
    const { shared, seats } = this.ledger;
    const to = Math.min(shared + count, this.end);
    for (const [view, seat] of seats) if (seat.state === 'adopted') this.give(view, shared, to);
    this.ledger.readShared(to);
  }

  readAlone(view: Ulid, count: number): void {
    const seat = this.ledger.seats.get(view);
    if (seat === undefined || (seat.state !== 'catching-up' && seat.state !== 'ejected')) return;
    const to = Math.max(seat.position, Math.min(seat.position + count, this.ledger.shared));
    this.give(view, seat.position, to);
    this.ledger.readAlone(view, to);
    this.ledger.adopt(view);
  }

  beginCommit(): void {
    if (this.ending !== null) return;
    this.ending = { state: this.ledger.snapshot(), outputs: this.open, meant: this.meant };
    this.open = [];
  }

  finishCommit(): void {
    if (this.ending === null) return;
    this.stored = { ...this.ending, outputs: [...this.stored.outputs, ...this.ending.outputs] };
    this.ledger.committed();
    this.ending = null;
  }

  abort(): void {
    this.ending = null;
    this.open = [];
    this.meant = this.stored.meant;
    this.ledger.rewind();
  }

  /** The process dies; a transaction that was ending may have ended or not. */
  crash(ended: boolean): void {
    if (ended) this.finishCommit();
    this.abort();
    this.ledger = new PartitionLedger(this.stored.state, true);
  }

  /** What the view has, and what it must have. */
  held(view: Ulid): { has: number[]; mustHave: number[] } {
    const { state, outputs, meant } = this.stored;
    const seat = state.seats.get(view);
    const position = seat === undefined ? 0 : seat.state === 'adopted' ? state.shared : seat.position;
    const mustHave = (meant[view] ?? []).flatMap(({ from, to }) =>
      Array.from({ length: Math.max(0, Math.min(to, position) - from) }, (_, i) => from + i),
    );
    return { has: outputs.filter((o) => o.view === view).map((o) => o.offset), mustHave };
  }
}

const view = fc.constantFrom(...VIEWS);
const count = fc.integer({ min: 0, max: 7 });
type Command =
  | { do: 'publish' | 'readShared'; count: number }
  | { do: 'readAlone'; view: Ulid; count: number }
  | { do: 'begin'; view: Ulid; back: number }
  | { do: 'stop' | 'fail' | 'recover'; view: Ulid }
  | { do: 'beginCommit' | 'finishCommit' | 'abort' }
  | { do: 'crash'; ended: boolean };

const one = <T extends Command>(weight: number, shape: { [K in keyof T]: fc.Arbitrary<T[K]> }) => ({
  weight,
  arbitrary: fc.record(shape) as fc.Arbitrary<Command>,
});
const named = <N extends string>(...names: N[]) => fc.constantFrom(...names);
const command: fc.Arbitrary<Command> = fc.oneof(
  one(3, { do: named('publish'), count }),
  one(4, { do: named('readShared'), count }),
  one(4, { do: named('readAlone'), view, count }),
  one(3, { do: named('begin'), view, back: count }),
  one(3, { do: named('stop', 'fail', 'recover'), view }),
  one(6, { do: named('beginCommit', 'finishCommit') }),
  one(1, { do: named('abort') }),
  one(1, { do: named('crash'), ended: fc.boolean() }),
);

function carryOut(world: World, step: Command): void {
  const { ledger } = world;
  switch (step.do) {
    case 'publish':
      world.end += step.count;
      return;
    case 'readShared':
      return world.readShared(step.count);
    case 'readAlone':
      return world.readAlone(step.view, step.count);
    case 'begin': {
      const seat = ledger.seats.get(step.view);
      if (seat !== undefined && seat.state !== 'stopped') return;
      const wish = Math.max(0, Math.min(world.end, ledger.shared + 2 - step.back));
      return world.begin(step.view, Math.max(wish, seat?.position ?? 0));
    }
    case 'stop':
      return world.stop(step.view);
    case 'fail':
      // A failure gives up the transaction; the view is detached where the last one left it.
      world.abort();
      if (isSeated(ledger.seats.get(step.view))) ledger.eject(step.view);
      return;
    case 'recover':
      if (ledger.seats.get(step.view)?.state === 'ejected') ledger.recover(step.view);
      return;
    case 'beginCommit':
      return world.beginCommit();
    case 'finishCommit':
      return world.finishCommit();
    case 'abort':
      return world.abort();
    case 'crash':
      return world.crash(step.ended);
  }
}

const isSeated = (seat: Seat | undefined): boolean => seat !== undefined && seat.state !== 'stopped';

describe('the ledger of a partition', () => {
  test('gives each view every offset meant for it once and in order, whatever happens in between', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 120, size: 'max' }), (steps) => {
        const world = new World();
        for (const step of steps) {
          carryOut(world, step);
          if (step.do !== 'finishCommit' && step.do !== 'crash') continue;
          for (const v of VIEWS) {
            const { has, mustHave } = world.held(v);
            expect(has).toEqual(mustHave);
          }
        }
      }),
      { numRuns: RUNS },
    );
  });

  test('lets a view neither go back nor pass the shared reading', () => {
    const ledger = new PartitionLedger(at(10), true);
    const a = VIEWS[0] as Ulid;
    ledger.begin(a, 4, 1);
    expect(() => ledger.readAlone(a, 11)).toThrow(RangeError);
    ledger.readAlone(a, 6);
    expect(() => ledger.readAlone(a, 5)).toThrow(RangeError);
    expect(() => ledger.readShared(9)).toThrow(RangeError);
    expect(() => ledger.begin(a, 6, 1)).toThrow(RangeError);
  });

  test('records from which offset on a generation is in force, and stops at one offset', () => {
    const ledger = new PartitionLedger(at(10), true);
    const a = VIEWS[0] as Ulid;
    ledger.begin(a, 10, 1);
    ledger.readShared(15);
    ledger.regenerate(a, 2);
    ledger.readShared(20);
    expect(ledger.seats.get(a)).toMatchObject({ state: 'adopted', generation: 2, since: 15, from: 10 });
    ledger.stop(a, 3);
    ledger.readShared(25);
    ledger.stop(a, 3);
    expect(ledger.seats.get(a)).toMatchObject({ state: 'stopped', position: 20, generation: 3, since: 20 });
    ledger.begin(a, 25, 4);
    expect(ledger.seats.get(a)).toMatchObject({ state: 'adopted', position: 25, from: 25, since: 25 });
  });

  test('takes a seat back that is committed, without anything to commit', () => {
    const ledger = new PartitionLedger(at(10), true);
    const a = VIEWS[0] as Ulid;
    const seat = { state: 'catching-up', position: 4, from: 4, generation: 1, since: 4 } as const;
    ledger.restore(a, seat);
    expect(ledger.isDirty).toBe(false);
    expect(ledger.lastCommitted.seats.get(a)).toBe(seat);
    const b = VIEWS[1] as Ulid;
    ledger.readShared(11);
    ledger.snapshot();
    ledger.readShared(12);
    ledger.restore(b, seat);
    expect(ledger.committed()).toMatchObject({ shared: 11 });
    expect(ledger.lastCommitted.seats.get(b)).toBe(seat);
    ledger.rewind();
    expect(ledger.seats.get(b)).toBe(seat);
  });

  test('is dirty until what was decided is committed, and again after it was given up', () => {
    const ledger = new PartitionLedger(at(0), false);
    expect(ledger.isDirty).toBe(true);
    ledger.snapshot();
    ledger.committed();
    expect(ledger.isDirty).toBe(false);
    ledger.readShared(3);
    ledger.snapshot();
    ledger.readShared(5);
    ledger.committed();
    expect(ledger.isDirty).toBe(true);
    ledger.rewind();
    expect(ledger.shared).toBe(3);
  });
});
