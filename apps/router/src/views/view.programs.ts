/** The program of each view as announced now; made anew only when something changed that shows in its records. */
import type { Ulid, ViewMessage } from '@citystreams/contracts';
import type { StreamsDirectory } from '../directory/streams.directory.js';
import { ViewFault } from '../projection/view.fault.js';
import { ViewProgram } from '../projection/view.program.js';

interface Made {
  program: ViewProgram;
  /** What it was made of. */
  from: readonly unknown[];
}

export class ViewPrograms {
  readonly #made = new Map<Ulid, Made>();

  constructor(
    private readonly streams: StreamsDirectory,
    private readonly maskSecret: Buffer,
  ) {}

  /**
   * Compiled for every announced version of the stream. Throws `ViewFault` when the stream or a schema of the view is not
   * announced yet, or the view does not fit.
   */
  of(view: ViewMessage): ViewProgram {
    const { definition, identity, level, maskGeneration = 1, topic } = view;
    const stream = this.streams.program(definition.stream);
    if (stream === undefined) {
      throw new ViewFault(view.view, 'SCHEMA_MISSING', `the stream ${definition.stream} is not announced`);
    }
    const schemas = this.streams.schemasOf(topic);
    const from = [stream, schemas, identity, level, maskGeneration, JSON.stringify(definition)];
    const made = this.#made.get(view.view);
    if (made !== undefined && from.every((part, index) => part === made.from[index])) return made.program;
    const program = new ViewProgram(view, stream, schemas, this.maskSecret);
    program.compileAll();
    this.#made.set(view.view, { program, from });
    return program;
  }
}
