/**
 * Whether data written with one schema can be read with another (Avro specification 1.12, "Schema Resolution"; Java:
 * SchemaCompatibility.checkReaderWriterCompatibility, whose answers these are, difference by difference).
 *
 * As in the Java library: only the last part of a type's name counts, or one of the reader's aliases in full; logical
 * types do not count; a pair of types that is being compared further out is taken to be compatible.
 */
import type { ResolvedSchema, SchemaNode } from '../declaration/index.js';
import { type Comparison, NoAnswer } from './comparison.js';
import { type Difference, type Location, pointer, ROOT } from './difference.js';
import { compareTypes } from './compare-types.js';
import { COMPATIBLE, listed, type Outcome } from './outcome.js';

/** Units of work: less than a second and 100 MB. Two versions of a contract take a few hundred. */
const MOST_WORK = 1_000_000;
/** What a pair of types costs; a field's name or an enum's symbol costs one. */
const PAIR = 4;
/** Pairs inside pairs; the real ones have about ten. */
const DEEPEST = 500;

/** Empty when every value that `writer` can write, `reader` can read. */
export function checkCompatibility(reader: ResolvedSchema, writer: ResolvedSchema): Difference[] {
  return check(reader, writer, new PairChecker(false));
}

/**
 * The same verdict for people: where the reader's union has a branch of the kind and name that was written, what is wrong
 * inside it is told instead of the missing branch, and every place is in full.
 */
export function explainIncompatibility(reader: ResolvedSchema, writer: ResolvedSchema): Difference[] {
  return check(reader, writer, new PairChecker(true));
}

function check(reader: ResolvedSchema, writer: ResolvedSchema, checker: PairChecker): Difference[] {
  try {
    return listed(checker.compare(reader.root, writer.root, ROOT));
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return [{ kind: error.kind, location: pointer(error.location), message: error.message }];
  }
}

class PairChecker implements Comparison {
  private readonly known = new Map<SchemaNode, Map<SchemaNode, Outcome>>();
  private work = 0;
  private depth = 0;

  constructor(readonly looksIntoUnions: boolean) {}

  compare(reader: SchemaNode, writer: SchemaNode, location: Location): Outcome {
    this.spend(PAIR, location);
    const ofReader = this.known.get(reader) ?? new Map<SchemaNode, Outcome>();
    const found = ofReader.get(writer);
    if (found !== undefined) return found;
    if (this.depth >= DEEPEST) throw new NoAnswer('TOO_ENTANGLED', location, 'the types are nested too deep');
    // Compatible unless proven otherwise: this is what a type inside itself finds.
    this.known.set(reader, ofReader.set(writer, COMPATIBLE));
    this.depth += 1;
    const outcome = compareTypes(reader, writer, location, this);
    this.depth -= 1;
    ofReader.set(writer, outcome);
    return outcome;
  }

  spend(units: number, location: Location): void {
    this.work += units;
    if (this.work > MOST_WORK) throw new NoAnswer('TOO_ENTANGLED', location, 'the comparison would take too long');
  }
}
