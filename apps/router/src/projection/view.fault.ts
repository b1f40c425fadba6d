import type { Ulid } from '@citystreams/contracts';

/**
 * Why one view cannot go on while the others can:
 * - `SCHEMA_MISSING`: no schema of the view is announced for a writer version, or not the one that this view has.
 * - `NOT_COMPILED`: the definition does not fit the writer version.
 * - `PROJECTION`: making a record of it failed.
 * - `TOPIC_MISSING`, `TOPIC_REFUSED`: its topic is not there as it must be, or does not take what is written to it.
 * - `POSITION_LOST`: it was written before, and where it stood is gone.
 */
export type ViewFaultCode =
  | 'SCHEMA_MISSING'
  | 'NOT_COMPILED'
  | 'PROJECTION'
  | 'TOPIC_MISSING'
  | 'TOPIC_REFUSED'
  | 'POSITION_LOST';

/** A failure of one view alone. The message holds no value of any event. */
export class ViewFault extends Error {
  override readonly name = 'ViewFault';
  constructor(
    readonly view: Ulid,
    readonly code: ViewFaultCode,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? {} : { cause });
  }
}
