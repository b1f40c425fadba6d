import type { SchemaNode } from '../declaration/index.js';
import type { DifferenceKind, IncompatibilityKind, Location } from './difference.js';
import type { Outcome } from './outcome.js';

/** What the rules for one pair of types ask of the whole comparison. */
export interface Comparison {
  /** Whether to tell what is wrong inside the branch of a union that was meant, which the Java library does not. */
  readonly looksIntoUnions: boolean;
  /** Compares an inner pair, once; a pair met again gives the outcome of the first time. */
  compare(reader: SchemaNode, writer: SchemaNode, location: Location): Outcome;
  /** Counts work that one pair takes beyond being compared; throws NoAnswer when it becomes too much. */
  spend(units: number, location: Location): void;
}

/** Ends a comparison that has no answer. Never leaves this library: the check answers with one difference instead. */
export class NoAnswer extends Error {
  constructor(
    readonly kind: Exclude<DifferenceKind, IncompatibilityKind>,
    readonly location: Location,
    message: string,
  ) {
    super(message);
  }
}
