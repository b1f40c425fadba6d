/** Why a command did not do what it was asked, in words for the person who asked. */
export type FailureKind = 'failed' | 'usage';

export const EXIT_CODES: Readonly<Record<FailureKind, number>> = { failed: 1, usage: 2 };

export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  /** @param hint what can be done about it */
  constructor(
    readonly kind: FailureKind,
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}
