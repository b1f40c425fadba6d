import type { Ulid, ViewTroubleCode } from '@citystreams/contracts';

/** A failure of one view alone. The message holds no value of any event. */
export class ViewFault extends Error {
  override readonly name = 'ViewFault';
  constructor(
    readonly view: Ulid,
    readonly code: ViewTroubleCode,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? {} : { cause });
  }
}
