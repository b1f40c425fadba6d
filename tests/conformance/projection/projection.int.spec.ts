import { beforeAll, describe, expect, test } from '@jest/globals';
import { answerOf } from '@citystreams/avro/samples';
import { type Case, corpus } from './corpus.js';
import { askJava, type JavaAnswer, type JavaEvent } from './java.js';

/** Another corpus with each run; the line that is printed says how to have the same one again. */
const SEED = Number(process.env['AVRO_SEED'] ?? Date.now() % 2 ** 31);
const VIEWS = Number(process.env['AVRO_VIEWS'] ?? 1_000);

/** What the byte projector makes of an event, as the Java program says it. */
function ours({ trial }: Case, body: Buffer): JavaEvent {
  const answer = answerOf(trial.projector, body);
  if (answer === 'withheld') return { withheld: true };
  if (answer === 'predicate failed') return { failed: true };
  if (answer === 'undecodable') throw new Error(`undecodable: ${body.toString('hex')}`);
  const { body: shown, key, time } = answer.shows;
  return {
    body: shown.toString('base64'),
    ...(key !== null && { key: key.toString('base64') }),
    ...(time !== null && { time: String(time) }),
  };
}

/** A time is a number here: beyond 2^53 it is the nearest one. */
const rounded = (event: JavaEvent): JavaEvent =>
  event.time === undefined ? event : { ...event, time: String(Number(event.time)) };

describe(`the byte projector and the Java library, seed ${SEED}`, () => {
  const cases = corpus(SEED, VIEWS);
  let version = '';
  let answers: readonly JavaAnswer[] = [];

  beforeAll(() => {
    ({ version, answers } = askJava(cases.map(({ question }) => question)));
  }, 300_000);

  test('make the same bytes, key and time of every event, and withhold the same', () => {
    const counts = { shown: 0, withheld: 0, failed: 0, unreadable: 0 };
    const different = cases.flatMap((one, i) =>
      one.bodies.flatMap((body, n) => {
        const [got, wanted] = [ours(one, body), rounded(answers[i]?.events[n] ?? {})];
        if (wanted.unreadable === true) {
          counts.unreadable += 1;
          return [];
        }
        counts[got.withheld === true ? 'withheld' : got.failed === true ? 'failed' : 'shown'] += 1;
        return isSame(got, wanted) ? [] : [{ got, wanted, body: body.toString('hex'), question: one.question }];
      }),
    );
    process.stdout.write(
      `Avro ${version} for Java, seed ${SEED}, ${cases.length} views: ${JSON.stringify(counts)}; AVRO_SEED=${SEED} asks again\n`,
    );
    expect(different.slice(0, 3)).toEqual([]);
    expect(counts.shown).toBeGreaterThan(VIEWS);
    expect(counts.withheld).toBeGreaterThan(VIEWS / 10);
    expect(counts.unreadable).toBeLessThan(VIEWS / 50);
  });

  test('make the same bytes of an unmasked view as schema resolution with the view’s schema', () => {
    let resolved = 0;
    let failed = 0;
    const different = cases.flatMap((one, i) =>
      (answers[i]?.resolved ?? []).flatMap((wanted, n) => {
        const got = ours(one, one.bodies[n] ?? Buffer.alloc(0));
        if (wanted === null) failed += 1;
        if (got.body === undefined || wanted === null) return [];
        resolved += 1;
        return got.body === wanted ? [] : [{ got: got.body, wanted, question: one.question }];
      }),
    );
    expect(different.slice(0, 3)).toEqual([]);
    expect(resolved).toBeGreaterThan(VIEWS / 10);
    expect(failed).toBeLessThan(resolved / 20);
  });
});

const isSame = (one: JavaEvent, other: JavaEvent): boolean =>
  (['body', 'key', 'time', 'withheld', 'failed'] as const).every((part) => one[part] === other[part]);
