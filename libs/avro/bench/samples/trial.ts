/** One view of one writer version, run by the byte projector and by decode -> project -> encode. */
import {
  compileProjection,
  compileProjector,
  MalformedEvent,
  PredicateFailed,
  type ProjectedEvent,
  type Projection,
  type ProjectionOptions,
  projectSchema,
  Undecodable,
} from '@citystreams/avro';

export type Answer = { shows: ProjectedEvent } | 'withheld' | 'predicate failed' | 'undecodable';

export interface Trial {
  options: ProjectionOptions;
  projector: Projection;
  oracle: Projection;
}

export function answerOf(projection: Projection, body: Buffer): Answer {
  try {
    const shown = projection.project(body);
    return shown === null ? 'withheld' : { shows: shown };
  } catch (error) {
    if (error instanceof PredicateFailed) return 'predicate failed';
    if (error instanceof MalformedEvent || error instanceof Undecodable) return 'undecodable';
    throw error;
  }
}

/** Null when the view cannot be made of this writer: then neither may make it. */
export function openTrial(options: ProjectionOptions): Trial | null {
  const oracle = orRefused(() => compileProjection(options));
  const projector = orRefused(() => compileProjector(options));
  if ((oracle === null) !== (projector === null)) {
    throw new Error(`refused by the ${oracle === null ? 'oracle' : 'projector'} only: ${JSON.stringify(options)}`);
  }
  return oracle === null || projector === null ? null : { options, oracle, projector };
}

function orRefused(compile: () => Projection): Projection | null {
  try {
    return compile();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** In words how two answers differ, or null. */
export function difference(trial: Trial, body: Buffer, got: Answer, wanted: Answer): string | null {
  const same =
    typeof got === 'string' || typeof wanted === 'string'
      ? got === wanted
      : got.shows.body.equals(wanted.shows.body) &&
        Buffer.compare(got.shows.key ?? Buffer.alloc(0), wanted.shows.key ?? Buffer.alloc(0)) === 0 &&
        (got.shows.key === null) === (wanted.shows.key === null) &&
        Object.is(got.shows.time, wanted.shows.time);
  if (same) return null;
  return JSON.stringify(
    { got: printable(got), wanted: printable(wanted), event: body.toString('hex'), view: view(trial.options) },
    null,
    1,
  );
}

const printable = (answer: Answer): unknown =>
  typeof answer === 'string'
    ? answer
    : { body: answer.shows.body.toString('hex'), key: answer.shows.key?.toString('hex'), time: answer.shows.time };

const view = (options: ProjectionOptions): unknown => ({
  ...options,
  shownSchema: projectSchema(options.writer, options.fields, options.masks),
});
