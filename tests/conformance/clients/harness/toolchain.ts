/** What a foreign client needs of this machine, and how a client that cannot run here is told of. */
import { describe, test } from '@jest/globals';

/** What is here, or in words for a person why it is not. */
export type Toolchain<T> = { readonly here: true; readonly tools: T } | { readonly here: false; readonly why: string };

/**
 * The rules of one client. Where its toolchain is missing there is a single skipped test instead, whose name says so:
 * `npm test` shows it once above its last line and counts it neither as passed nor as failed.
 */
export function describeClient<T>(client: string, toolchain: Toolchain<T>, rules: (tools: T) => void): void {
  if (toolchain.here) {
    describe(`with ${client}`, () => {
      rules(toolchain.tools);
    });
    return;
  }
  const skipped = test.skip;
  skipped(`${client} did not run: ${toolchain.why}`, () => undefined);
}
