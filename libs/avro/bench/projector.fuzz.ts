/**
 * Attacks scanner and projector with random writers, views and spoiled events, for as many executions as asked:
 *
 *     node libs/avro/bench/dist/projector.fuzz.js [executions] [seed]
 *
 * Each execution scans one event that lies between strangers' bytes. Its verdict must be that of a slow reading of the
 * specification; whatever is shown must equal decode -> project -> encode and hold no hidden value; nothing outside
 * the event may be read, nothing outside the measured value written; nothing but the typed errors may be thrown. The
 * first that is not so ends the program with the seed of its round and the event.
 */
import { compileByteView, compileScanner } from '@citystreams/avro';
import { randomEvent } from './samples/events.js';
import { Guarded } from './samples/guarded.js';
import { mutated } from './samples/mutations.js';
import { randomWriter } from './samples/schemas.js';
import { pick, SeededTape } from './samples/tape.js';
import { answerOf, difference, openTrial, type Trial } from './samples/trial.js';
import { verdictOn } from './samples/verdict.js';
import { randomView } from './samples/views.js';
import { WriterModel } from './samples/writer.model.js';

const EVENTS_OF_A_WRITER = 8;
/** Of each event so many with bytes changed anywhere, and as many with its structure wrong in some places. */
const SPOILED_OF_AN_EVENT = 20;
const SPOILT_PLACES = [4, 15, 50];
/** CPU time, collection of garbage included. */
const SLOWEST_MS = 250;
/** Rounds are numbered from the seed on, so that one can be run alone. */
const executions = Number(process.argv[2] ?? 200_000);
const seed = Number(process.argv[3] ?? Math.floor(performance.timeOrigin % 2 ** 31));

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const counts = {
  executions: 0,
  shown: 0,
  withheld: 0,
  'predicate failed': 0,
  undecodable: 0,
  writers: 0,
  refused: 0,
  secrets: 0,
};
let watched = 0;
let slowest = 0;
let ids = 0;

function round(number: number): void {
  const tape = new SeededTape(number);
  const writer = new WriterModel(randomWriter(tape));
  const options = randomView(tape, writer);
  const trial = openTrial(options);
  counts.writers += 1;
  if (trial === null) {
    counts.refused += 1;
    return;
  }
  const scanner = compileScanner(options.writer);
  const guarded = new Guarded(scanner, compileByteView(scanner, { ...options, schemaId: null }), tape);
  for (let i = 0; i < EVENTS_OF_A_WRITER; i += 1) {
    const { body, secrets } = randomEvent(tape, writer, options, { unusual: i % 2 === 1, nextId: () => (ids += 1) });
    execute(trial, guarded, writer, body, secrets);
    // A spoiled event may have its hidden values anywhere, so only what decoding shows is compared.
    for (let n = 0; n < SPOILED_OF_AN_EVENT; n += 1) {
      execute(trial, guarded, writer, mutated(body, tape), []);
      const wrong = { unusual: n % 2 === 1, spoilt: pick(tape, SPOILT_PLACES), nextId: () => (ids += 1) };
      execute(trial, guarded, writer, randomEvent(tape, writer, options, wrong).body, []);
    }
  }
  watched += guarded.watched;
}

function execute(trial: Trial, guarded: Guarded, writer: WriterModel, body: Buffer, secrets: readonly Buffer[]): void {
  counts.executions += 1;
  const before = process.threadCpuUsage();
  const answer = guarded.run(body);
  const { user, system } = process.threadCpuUsage(before);
  slowest = Math.max(slowest, (user + system) / 1_000);
  if (slowest > SLOWEST_MS) throw new Error(`one event took ${Math.round(slowest)} ms: ${body.toString('hex')}`);
  counts[typeof answer === 'string' ? answer : 'shown'] += 1;

  const verdict = verdictOn(writer, body);
  if (!verdict.deep && verdict.event === (answer === 'undecodable'))
    throw new Error(`the verdict is wrong: ${JSON.stringify(trial.options.writer)} ${body.toString('hex')}`);
  if (answer === 'undecodable') return;
  const different = difference(trial, body, answer, answerOf(trial.oracle, body));
  if (different !== null && !verdict.loose) throw new Error(different);
  if (typeof answer === 'string') return;
  counts.secrets += secrets.length;
  const seen = secrets.find((s) => answer.shows.body.includes(s) || answer.shows.key?.includes(s) === true);
  if (seen !== undefined)
    throw new Error(`a hidden value is shown: ${seen.toString('hex')} of ${body.toString('hex')}`);
}

function progress(started: number): string {
  const seconds = (performance.now() - started) / 1000;
  const memory = Math.round(process.memoryUsage().rss / 2 ** 20);
  return `${JSON.stringify({ ...counts, watched })} slowest ${slowest.toFixed(1)} ms, ${memory} MiB, ${seconds.toFixed(0)} s`;
}

say(`seed ${seed}, ${executions} executions`);
const started = performance.now();
for (let number = seed; counts.executions < executions; number += 1) {
  try {
    round(number);
  } catch (error) {
    say(progress(started));
    say(`FAILED in round ${number}: run again with 1 ${number}`);
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exitCode = 1;
    break;
  }
  if ((number - seed) % 2_000 === 1_999) say(progress(started));
}
say(progress(started));
if (process.exitCode !== 1) say('nothing found');
