/** Moments and proofs that several scenarios share. */
import type { Random } from '../random.js';
import type { Stage } from '../stage/stage.js';
import type { RouterProcess } from '../stage/router-process.js';
import { nameOfCode } from '../wire/connections.js';
import type { ApiName } from '../wire/frames.js';
import type { Entry, Fate, Passing } from '../wire/proxy.js';

/** Lets a time pass that chance decides: faults have to fall anywhere. */
export const aMoment = (random: Random, fromMs: number, toMs: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, random.between(fromMs, toMs)));

/** What a broker says to a producer, or to a member of a group, that another one has replaced. */
const FENCED: readonly number[] = [47, 82, 90];
/** What it says to a member whose assignment is over. */
const GONE: readonly number[] = [22, 25, 27, 82];

export const saysGone = (entry: Entry): boolean => entry.errors.some((code) => GONE.includes(code));
export const saysFenced = (entry: Entry): boolean => entry.errors.some((code) => FENCED.includes(code));

const codesOf = (entry: Entry): string => entry.errors.map(nameOfCode).join(', ');

/** A proof from the book of the proxy: the first entry from position `since` on that is meant, as text. */
export const inBook = (stage: Stage, since: number, meant: (entry: Entry) => boolean) => (): string | null => {
  const found = stage.world.proxy.book.slice(since).find(meant);
  return found === undefined
    ? null
    : `${found.api} ${found.kind} on connection ${found.connection}${found.errors.length > 0 ? `: ${codesOf(found)}` : ''}`;
};

export const gone = (router: RouterProcess) => (): string | null =>
  router.exit === null ? null : `process ${router.pid} ended with ${router.exit.signal ?? `code ${router.exit.code}`}`;

/** Every `api` message of this kind gets this fate until that many have; returns how many did so far. */
export function breakSome(
  stage: Stage,
  which: { api: ApiName; kind: Passing['kind']; count: number; meant?: (passing: Passing) => boolean },
  fate: (passing: Passing) => Fate,
): () => number {
  let done = 0;
  stage.world.proxy.add((passing) => {
    if (done >= which.count || passing.api !== which.api || passing.kind !== which.kind) return undefined;
    if (which.meant !== undefined && !which.meant(passing)) return undefined;
    done += 1;
    return fate(passing);
  });
  return () => done;
}

export const endsWithCommit = (passing: Passing): boolean => passing.transaction?.commits === true;
