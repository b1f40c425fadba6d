/** The machine against the table: 10,000 commands, most of them impossible, on requests in every state. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RequestState } from '@citystreams/contracts';
import { decide } from '../transitions.js';
import { draftRequest, standingDecisions, type SubscriptionRequest } from '../subscription-request.js';
import { dayEnds, follow, type Model, newModel, predict, type Said, type World } from './model.js';
import { ACTORS, ASKING, CALENDAR, commandOf, factsOf, OWNER } from './scene.js';
import { type Event, PEOPLE, type PersonName, type Row, TABLE } from './table.js';

const SEED = Date.now() % 2_147_483_647;
const COMMANDS = 10_000;
const DAY_MS = 86_400_000;

interface Real {
  request: SubscriptionRequest;
  now: Date;
}

const world = (over: Partial<World> = {}): World => ({
  ...{ level: 'L4', sharing: 'conditional', contract: 0, misfit: false, policyForbids: false, listed: false },
  privacyVacant: false,
  ...over,
});

const EVENTS = [...new Set(TABLE.map((row) => row.event))];
/** Possible nearly always, and nothing comes after: left to chance. */
const ENDS: readonly Event[] = ['withdraw'];
const counts = { given: 0, done: 0 };
/** States that commands met, and rows of the table that were followed. */
const visited = new Set<string>();
const followed = new Set<Row>();

class Give implements fc.Command<Model, Real> {
  constructor(
    readonly event: Event,
    readonly person: PersonName,
    readonly said: Said,
  ) {}
  check = () => true;

  run(model: Model, real: Real): void {
    const own = TABLE.find((row) => row.event === this.event)?.by === 'city';
    const by = own ? null : this.person;
    const expected = predict(model, this.event, by, this.said);
    const facts = factsOf(model.world, this.said.narrower);
    const command = { ...commandOf(this.event, this.said), ...(by !== null && { by: ACTORS[by] }) };
    const outcome = decide(deepFreeze(real.request), command as never, facts, real.now);
    counts.given += 1;
    visited.add(model.state);
    if ('code' in expected) {
      expect([model.state, outcome.ok ? outcome.next.state : outcome.code]).toEqual([model.state, expected.code]);
      return;
    }
    counts.done += 1;
    followed.add(expected.row);
    follow(model, expected, by, this.said);
    expect(outcome.ok ? outcome.next.state : outcome).toBe(expected.to);
    if (!outcome.ok) return;
    real.request = outcome.next;
    expect(likeModel(outcome.next)).toEqual({
      step: model.step,
      waitsFor: model.timer?.kind ?? null,
      limit: model.timer?.limit ?? null,
      escalation: model.timer?.level ?? null,
      offerBy: model.offerBy,
      pauses: model.pauses,
      disputed: model.disputed,
    });
    expect(outcome.granted).toBe(expected.to === 'APPROVED');
    expect(outcome.entries).toHaveLength(1);
    expect(outcome.narrowedBy !== null).toBe(this.event === 'accept');
    const deciders = standingDecisions(outcome.next).filter(
      (d) => d.outcome !== 'refused' && d.step !== 'rule' && d.step !== 'ruling',
    );
    expect(new Set(deciders.map((d) => d.decider)).size).toBe(deciders.length);
    expect(deciders.every((d) => d.decider.split('.')[0] !== ASKING)).toBe(true);
  }

  toString = () => `${this.person}: ${this.event} ${JSON.stringify(this.said)}`;
}

/** One of the commands that the table allows now: chance alone rarely gets far. */
class Possible implements fc.Command<Model, Real> {
  constructor(
    readonly pick: number,
    readonly said: Said,
  ) {}
  check = () => true;
  run(model: Model, real: Real): void {
    const possible = EVENTS.flatMap((event) => PEOPLE.map((person) => new Give(event, person, this.said))).filter(
      ({ event, person }) => !ENDS.includes(event) && !('code' in predict(model, event, person, this.said)),
    );
    possible[this.pick % possible.length]?.run(model, real);
  }
  toString = () => `something possible (${this.pick}) ${JSON.stringify(this.said)}`;
}

class Wait implements fc.Command<Model, Real> {
  constructor(readonly days: number) {}
  check = () => true;
  run(model: Model, real: Real): void {
    for (let i = 0; i < this.days; i += 1) {
      dayEnds(model, CALENDAR.isWorkingDay(CALENDAR.dayOf(real.now)) === true);
      real.now = new Date(real.now.getTime() + DAY_MS);
    }
  }
  toString = () => `${this.days} days pass`;
}

class Change implements fc.Command<Model, Real> {
  constructor(readonly over: Partial<World>) {}
  check = () => true;
  run({ world: w }: Model): void {
    Object.assign(w, this.over);
    if (this.over.level !== undefined) w.contract += 1;
  }
  toString = () => `the world changes: ${JSON.stringify(this.over)}`;
}

class Begin implements fc.Command<Model, Real> {
  constructor(readonly world: World) {}
  /** A request that can still move is mostly left to go its way. */
  check = ({ state, refusal }: Model) =>
    ['APPROVED', 'WITHDRAWN', 'LAPSED'].includes(state) || (state === 'REFUSED' && (refusal?.days ?? 0) > 3);
  run(model: Model, real: Real): void {
    Object.assign(model, newModel({ ...this.world }));
    real.request = draftRequest(ASKING, OWNER, 'L1');
  }
  toString = () => `a new request in ${JSON.stringify(this.world)}`;
}

const likeModel = ({ step, wait, offer, pauses, disputed }: SubscriptionRequest) => ({
  step,
  waitsFor: wait?.for ?? null,
  limit: wait?.limitDays ?? null,
  escalation: wait?.escalation ?? null,
  offerBy: offer?.by ?? null,
  pauses: pauses.length,
  disputed,
});

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}

const said: fc.Arbitrary<Said> = fc.record({
  reason: fc.constantFrom('NOT_NECESSARY', 'NOT_NECESSARY', 'SECRECY', 'BECAUSE'),
  narrower: fc.boolean(),
  outcome: fc.constantFrom('grant', 'grant-narrower', 'confirm-refusal'),
  mark: fc.constantFrom('half', 'most'),
});
const rarely = fc.integer({ min: 0, max: 19 }).map((n) => n === 0);
const worlds: fc.Arbitrary<World> = fc
  .record({
    level: fc.constantFrom('L1', 'L2', 'L3', 'L4', 'L4', 'L4', 'L5'),
    sharing: fc.constantFrom('unconditional', 'conditional', 'conditional', 'conditional'),
    misfit: rarely,
    policyForbids: rarely,
    listed: rarely,
    privacyVacant: rarely,
  })
  .map((over) => world(over as Partial<World>));

const give = fc.oneof(
  { arbitrary: fc.tuple(fc.nat(), said).map((all) => new Possible(...all)), weight: 100 },
  {
    arbitrary: fc.tuple(fc.constantFrom(...EVENTS), fc.constantFrom(...PEOPLE), said).map((all) => new Give(...all)),
    weight: 60,
  },
  { arbitrary: fc.constantFrom(1, 1, 2, 3, 7, 16).map((days) => new Wait(days)), weight: 40 },
  {
    arbitrary: fc
      .constantFrom<Partial<World>>(
        { level: 'L3' },
        { level: 'L4' },
        { sharing: 'not-shared' },
        { listed: true },
        { listed: false },
      )
      .map((over) => new Change(over)),
    weight: 3,
  },
  { arbitrary: worlds.map((w) => new Begin(w)), weight: 40 },
);

test('whatever is asked of a request in whatever state, the machine answers as the table says', () => {
  process.stdout.write(`seed ${SEED}\n`);
  const property = fc.property(worlds, fc.commands([give], { maxCommands: 200, size: 'max' }), (w, commands) => {
    const setup = () => ({
      model: newModel({ ...w }),
      real: { request: draftRequest(ASKING, OWNER, 'L1'), now: new Date('2026-09-14T02:00:00Z') },
    });
    fc.modelRun(setup, commands);
  });
  const missing = () => TABLE.filter((row) => !followed.has(row));
  for (let round = 0; counts.given < COMMANDS || (missing().length > 0 && counts.given < 3 * COMMANDS); round += 1)
    fc.assert(property, { seed: SEED + round, numRuns: 20 });
  process.stdout.write(`${counts.given} commands given, ${counts.done} done\n`);
  expect(missing()).toEqual([]);
  expect([...visited].toSorted()).toEqual([...RequestState.options].toSorted());
});
