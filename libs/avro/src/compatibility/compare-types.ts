/** The rules for one pair of types (Java: ReaderWriterCompatibilityChecker.calculateCompatibility). */
import { branchName, type SchemaNode, type UnionNode } from '../declaration/index.js';
import { compareEnums, compareFixed, compareRecords } from './compare-named.js';
import type { Comparison } from './comparison.js';
import { at, type Location, ROOT } from './difference.js';
import { COMPATIBLE, different, merged, type Outcome } from './outcome.js';

/** Which types a reader takes beside its own (specification, "Schema Resolution"). */
const PROMOTIONS: ReadonlyMap<string, readonly string[]> = new Map([
  ['long', ['int']],
  ['float', ['int', 'long']],
  ['double', ['int', 'long', 'float']],
  ['bytes', ['string']],
  ['string', ['bytes']],
]);

export function compareTypes(reader: SchemaNode, writer: SchemaNode, location: Location, whole: Comparison): Outcome {
  if (writer.kind === 'union') {
    return reader.kind === 'union'
      ? compareUnions(reader, writer, location, whole)
      : merged(writer.branches.map((branch, i) => whole.compare(reader, branch, at(location, i))));
  }
  if (reader.kind === 'union') return readAsBranch(reader, writer, location, whole);
  if (reader.kind === 'array' && writer.kind === 'array') {
    return whole.compare(reader.items, writer.items, at(location, 'items'));
  }
  if (reader.kind === 'map' && writer.kind === 'map') {
    return whole.compare(reader.values, writer.values, at(location, 'values'));
  }
  if (reader.kind === 'record' && writer.kind === 'record') return compareRecords(reader, writer, location, whole);
  if (reader.kind === 'enum' && writer.kind === 'enum') return compareEnums(reader, writer, location, whole);
  if (reader.kind === 'fixed' && writer.kind === 'fixed') return compareFixed(reader, writer, location);
  if (reader.kind === writer.kind || PROMOTIONS.get(reader.kind)?.includes(writer.kind) === true) return COMPATIBLE;
  return different(
    'TYPE_MISMATCH',
    location,
    () => `reader type: ${upper(reader)} not compatible with writer type: ${upper(writer)}`,
  );
}

/** Each branch of the writer must be readable; what exactly is wrong with one is not told. */
function compareUnions(reader: UnionNode, writer: UnionNode, location: Location, whole: Comparison): Outcome {
  return merged(
    writer.branches.map((branch, i) => {
      if (whole.looksIntoUnions) return whole.compare(reader, branch, location);
      if (whole.compare(reader, branch, ROOT).length === 0) return COMPATIBLE;
      return missingBranch(branch, at(location, i));
    }),
  );
}

function readAsBranch(reader: UnionNode, writer: SchemaNode, location: Location, whole: Comparison): Outcome {
  const meant = whole.looksIntoUnions ? branchName(writer) : null;
  let inside = COMPATIBLE;
  for (const [i, branch] of reader.branches.entries()) {
    const outcome = whole.compare(branch, writer, whole.looksIntoUnions ? at(location, i) : ROOT);
    if (outcome.length === 0) return COMPATIBLE;
    if (meant === branchName(branch)) inside = outcome;
  }
  return inside.length > 0 ? inside : missingBranch(writer, location);
}

const missingBranch = (writer: SchemaNode, location: Location): Outcome =>
  different('MISSING_UNION_BRANCH', location, () => `reader union lacking writer type: ${upper(writer)}`);

const upper = (node: SchemaNode): string => node.kind.toUpperCase();
