/**
 * Values that between them take every way through a schema: every branch of every union, every symbol, items in every
 * array, recursion several rounds deep. Made for avsc with wrapped unions.
 */
import { branchName, type RecordType, type SpecType } from './spec-type.js';

/** How often a record may lie inside itself. */
const ROUNDS = 4;

/** Up to `atMost` values; none where the type has no finite value. */
export function coveringValues(type: SpecType, atMost: number): unknown[] {
  const values: unknown[] = [];
  for (const value of cover(type, new Map())) {
    values.push(value);
    if (values.length === atMost) break;
  }
  return values;
}

/** Whether some type inside has no finite value, so that nothing can show what is wrong with it. */
export function hasEmptyType(type: SpecType, seen: Set<SpecType> = new Set()): boolean {
  if (seen.has(type)) return false;
  seen.add(type);
  if (smallest(type, new Set()) === undefined) return true;
  return innerTypes(type).some((inner) => hasEmptyType(inner, seen));
}

export function innerTypes(type: SpecType): SpecType[] {
  if (type.kind === 'array') return [type.items];
  if (type.kind === 'map') return [type.values];
  if (type.kind === 'union') return type.branches;
  return type.kind === 'record' ? type.fields.map((field) => field.type) : [];
}

function* cover(type: SpecType, rounds: ReadonlyMap<SpecType, number>): Generator {
  if (type.kind === 'union') {
    for (const branch of type.branches) for (const value of cover(branch, rounds)) yield wrapped(branch, value);
  } else if (type.kind === 'array') {
    yield [];
    for (const item of cover(type.items, rounds)) yield [item];
  } else if (type.kind === 'map') {
    yield {};
    for (const value of cover(type.values, rounds)) yield { key: value };
  } else if (type.kind === 'enum') yield* type.symbols;
  else if (type.kind === 'record') yield* coverRecord(type, rounds);
  else yield smallest(type, new Set());
}

/** Each field in turn takes all its ways while the others take the shortest. */
function* coverRecord(record: RecordType, rounds: ReadonlyMap<SpecType, number>): Generator {
  const round = (rounds.get(record) ?? 0) + 1;
  const base = smallest(record, new Set()) as object | undefined;
  if (base === undefined) return;
  yield base;
  if (round > ROUNDS) return;
  const inside = new Map(rounds).set(record, round);
  for (const field of record.fields) {
    for (const value of cover(field.type, inside)) yield { ...base, ...Object.fromEntries([[field.name, value]]) };
  }
}

/** A value without recursion, or undefined if there is none. */
function smallest(type: SpecType, around: ReadonlySet<SpecType>): unknown {
  switch (type.kind) {
    case 'null':
      return null;
    case 'boolean':
      return true;
    case 'int':
    case 'long':
      return 7;
    case 'float':
    case 'double':
      return 0.5;
    case 'string':
      return 'text';
    case 'bytes':
      return Buffer.from('bytes');
    case 'fixed':
      return Buffer.alloc(type.size, 1);
    case 'enum':
      return type.symbols[0];
    case 'array':
      return [];
    case 'map':
      return {};
    case 'union':
      return smallestBranch(type.branches, around);
    default:
      return smallestRecord(type, around);
  }
}

function smallestBranch(branches: readonly SpecType[], around: ReadonlySet<SpecType>): unknown {
  for (const branch of branches) {
    const value = smallest(branch, around);
    if (value !== undefined) return wrapped(branch, value);
  }
  return undefined;
}

function smallestRecord(record: RecordType, around: ReadonlySet<SpecType>): unknown {
  if (around.has(record)) return undefined;
  const inside = new Set([...around, record]);
  const members = record.fields.map((field) => [field.name, smallest(field.type, inside)] as const);
  return members.some(([, value]) => value === undefined) ? undefined : Object.fromEntries(members);
}

const wrapped = (branch: SpecType, value: unknown): unknown =>
  branch.kind === 'null' ? null : { [branchName(branch)]: value };
