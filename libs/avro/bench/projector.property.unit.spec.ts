import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type EventOptions, randomEvent } from './samples/events.js';
import { randomWriter } from './samples/schemas.js';
import { RecordedTape, type Tape } from './samples/tape.js';
import { answerOf, difference, openTrial, type Trial } from './samples/trial.js';
import { randomView } from './samples/views.js';
import { WriterModel } from './samples/writer.model.js';

const choices = fc.uint8Array({ minLength: 0, maxLength: 3_000, size: 'max' });
/** Random views for each property; `npm run properties -w @citystreams/avro` takes many more. */
const RUNS = Number(process.env['AVRO_RUNS'] ?? 200);
/** A failing case is made smaller for a while, not for ever. */
const bound = {
  numRuns: RUNS,
  ...(RUNS <= 1_000 && { interruptAfterTimeLimit: 60_000, markInterruptAsFailure: true }),
};

let ids = 0;
const eventOptions = (unusual: boolean): EventOptions => ({ unusual, nextId: () => (ids += 1) });

interface Case {
  trial: Trial;
  event(unusual: boolean): { body: Buffer; secrets: Buffer[] };
}

function caseOf(tape: Tape): Case | null {
  const writer = new WriterModel(randomWriter(tape));
  const view = randomView(tape, writer);
  const trial = openTrial(view);
  return trial === null ? null : { trial, event: (unusual) => randomEvent(tape, writer, view, eventOptions(unusual)) };
}

/** Checks events of a random writer and view; returns how many were shown. */
function checkAll(
  made: Case | null,
  unusual: boolean,
  check: (c: Case, body: Buffer, secrets: Buffer[]) => void,
): void {
  if (made === null) return;
  for (let i = 0; i < 3; i += 1) {
    const { body, secrets } = made.event(unusual);
    check(made, body, secrets);
  }
}

function expectEqual({ trial }: Case, body: Buffer): void {
  expect(difference(trial, body, answerOf(trial.projector, body), answerOf(trial.oracle, body))).toBeNull();
}

function expectNoSecret({ trial }: Case, body: Buffer, secrets: readonly Buffer[]): void {
  const answer = answerOf(trial.projector, body);
  if (typeof answer === 'string') return;
  const seen = secrets.filter((s) => answer.shows.body.includes(s) || answer.shows.key?.includes(s) === true);
  expect(seen.map((s) => s.toString('latin1'))).toEqual([]);
}

describe('the byte projector, on random writers, views and events', () => {
  test('shows the same bytes, key and time as decoding, projecting and encoding', () => {
    fc.assert(
      fc.property(choices, (bytes) => checkAll(caseOf(new RecordedTape(bytes)), false, expectEqual)),
      bound,
    );
  });

  test('shows the same when the writer splits lists into blocks or pads its numbers', () => {
    fc.assert(
      fc.property(choices, (bytes) => checkAll(caseOf(new RecordedTape(bytes)), true, expectEqual)),
      bound,
    );
  });

  test('shows no byte of a value that the view drops or masks, neither in value nor key', () => {
    fc.assert(
      fc.property(choices, (bytes) => checkAll(caseOf(new RecordedTape(bytes)), false, expectNoSecret)),
      bound,
    );
  });

  test('keeps writers apart whose events come in turn', () => {
    fc.assert(
      fc.property(choices, choices, (one, other) => {
        const [a, b] = [caseOf(new RecordedTape(one)), caseOf(new RecordedTape(other))];
        if (a === null || b === null) return;
        for (let i = 0; i < 3; i += 1) {
          expectEqual(a, a.event(false).body);
          expectEqual(b, b.event(true).body);
        }
      }),
      { ...bound, numRuns: Math.ceil(RUNS / 3) },
    );
  });
});
