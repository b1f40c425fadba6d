import type { Ulid } from '@citystreams/contracts';
import type { ViewProgram } from '../projection/view.program.js';
import type { Output } from '../transactions/outputs.js';
import { CommittedCounts } from './counts.js';

/** One view on one partition: how its records are made, and where they go. */
export class Slot {
  readonly counts = new CommittedCounts();

  constructor(
    public program: ViewProgram,
    /** The partition of the view's topic that has the source's number. */
    readonly output: Output,
  ) {}

  get view(): Ulid {
    return this.program.message.view;
  }
}
