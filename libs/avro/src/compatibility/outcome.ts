/**
 * What comparing one pair of types found. Outcomes of inner pairs are shared, not copied: a pair that is met on many
 * ways has its differences once in memory, though they are listed once for every way.
 */
import { type Difference, type IncompatibilityKind, type Location, pointer } from './difference.js';

/** Empty when the reader can read the writer's data. */
export type Outcome = readonly (Outcome | Unwritten)[];

/** A difference whose texts are made only if somebody reads them: inside unions most are never. */
interface Unwritten {
  kind: IncompatibilityKind;
  location: Location;
  message: () => string;
}

export const COMPATIBLE: Outcome = [];

export const different = (kind: IncompatibilityKind, location: Location, message: () => string): Outcome => [
  { kind, location, message },
];

export function merged(outcomes: readonly Outcome[]): Outcome {
  const bad = outcomes.filter((outcome) => outcome.length > 0);
  return bad.length === 1 ? bad[0]! : bad;
}

/** More than anybody reads; the ways through a schema can be more than atoms in the universe. */
const MOST = 1000;
/** Characters of messages: one may name a hundred thousand symbols, and be met on every way. */
const MOST_TEXT = 2_000_000;

/** The first differences, in the order in which they were found; at least one, if there is one. */
export function listed(outcome: Outcome): Difference[] {
  const written = new Map<Unwritten, Difference>();
  const differences: Difference[] = [];
  let text = 0;
  const waiting: (Outcome | Unwritten)[] = [outcome];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (isUnwritten(next)) {
      const difference = written.get(next) ?? writtenOut(next);
      written.set(next, difference);
      differences.push(difference);
      text += difference.message.length;
      if (differences.length === MOST || text > MOST_TEXT) break;
    } else for (let i = next.length - 1; i >= 0; i -= 1) waiting.push(next[i]!);
  }
  return differences;
}

const writtenOut = ({ kind, location, message }: Unwritten): Difference => ({
  kind,
  location: pointer(location),
  message: message(),
});

const isUnwritten = (entry: Outcome | Unwritten): entry is Unwritten => !Array.isArray(entry);
