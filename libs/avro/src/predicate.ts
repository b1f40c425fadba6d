/**
 * Row predicates: checked against a contract when they are written, compiled once per writer version, run per event.
 */
import type { Finding, Predicate, Scalar } from '@citystreams/contracts';
import { type AvroRecord, type AvroType, isRecord, nameOfType } from './schema.js';

type Event = Record<string, unknown>;
type Test = (event: Event) => boolean;
type Kind = 'text' | 'number' | 'boolean' | 'other';

/** Everything in a predicate that does not fit the contract: unknown fields, values of another type, paths through lists. */
export function checkPredicate(predicate: Predicate, record: AvroRecord): Finding[] {
  switch (predicate.op) {
    case 'and':
    case 'or':
      return predicate.of.flatMap((p) => checkPredicate(p, record));
    case 'not':
      return checkPredicate(predicate.of, record);
    default:
      return checkTerm(predicate, record);
  }
}

function checkTerm(term: Exclude<Predicate, { op: 'and' | 'or' | 'not' }>, record: AvroRecord): Finding[] {
  const type = typeAt(record, term.field.split('.'));
  const refuse = (message: string): Finding[] => [{ field: term.field, message }];
  if (type === null)
    return refuse('the contract has no such field, or it lies inside a list, a map or a choice of records');
  if (term.op === 'isNull') return [];
  const kind = kindOf(type);
  if (term.op === 'startsWith')
    return kind === 'text' ? [] : refuse(`startsWith needs text, the field is ${nameOfType(type)}`);
  const values = term.op === 'in' ? term.values : [term.value];
  if (kind === 'other') return refuse(`a field of type ${nameOfType(type)} cannot be compared, only asked for null`);
  if (kind === 'boolean' && term.op !== 'eq' && term.op !== 'ne' && term.op !== 'in')
    return refuse('booleans have no order');
  const wrong = values.find((v) => !fits(v, kind));
  return wrong === undefined ? [] : refuse(`the field is ${nameOfType(type)}, the value is ${typeof wrong}`);
}

function fits(value: Scalar, kind: Kind): boolean {
  if (kind === 'number') return typeof value === 'number' || (typeof value === 'string' && /^-?\d{1,19}$/.test(value));
  return typeof value === (kind === 'text' ? 'string' : 'boolean');
}

/** The type at a path, seen through nullable unions; null where there is none or where a path would be ambiguous. */
function typeAt(record: AvroRecord, names: readonly string[]): AvroType | null {
  const [name, ...rest] = names;
  const field = record.fields.find((f) => f.name === name);
  if (field === undefined) return null;
  if (rest.length === 0) return field.type;
  const inner = withoutNull(field.type);
  return isRecord(inner) ? typeAt(inner, rest) : null;
}

function withoutNull(type: AvroType): AvroType {
  if (!Array.isArray(type)) return type;
  const rest = type.filter((t) => t !== 'null');
  return rest.length === 1 && rest[0] !== undefined ? rest[0] : type;
}

function kindOf(type: AvroType): Kind {
  const plain = withoutNull(type);
  const name = typeof plain === 'string' ? plain : Array.isArray(plain) ? 'union' : plain.type;
  if (name === 'string' || name === 'enum') return 'text';
  if (name === 'int' || name === 'long' || name === 'float' || name === 'double') return 'number';
  return name === 'boolean' ? 'boolean' : 'other';
}

/**
 * A test of decoded events. `absent` gives the values of fields this writer version does not have (the contract's
 * defaults). A comparison with null is false.
 */
export function compilePredicate(predicate: Predicate, absent: Readonly<Record<string, unknown>> = {}): Test {
  switch (predicate.op) {
    case 'and': {
      const tests = predicate.of.map((p) => compilePredicate(p, absent));
      return (e) => tests.every((t) => t(e));
    }
    case 'or': {
      const tests = predicate.of.map((p) => compilePredicate(p, absent));
      return (e) => tests.some((t) => t(e));
    }
    case 'not': {
      const test = compilePredicate(predicate.of, absent);
      return (e) => !test(e);
    }
    default:
      return compileTerm(predicate, absent);
  }
}

function compileTerm(
  term: Exclude<Predicate, { op: 'and' | 'or' | 'not' }>,
  absent: Readonly<Record<string, unknown>>,
): Test {
  const read = reader(term.field, absent);
  switch (term.op) {
    case 'isNull':
      return (e) => read(e) === null;
    case 'startsWith':
      return (e) => {
        const value = read(e);
        return typeof value === 'string' && value.startsWith(term.prefix);
      };
    case 'in':
      return (e) => {
        const value = read(e);
        return value !== null && term.values.some((v) => compare(value, v) === 0);
      };
    default: {
      const holds = HOLDS[term.op];
      return (e) => {
        const value = read(e);
        return value !== null && holds(compare(value, term.value));
      };
    }
  }
}

const HOLDS = {
  eq: (order: number) => order === 0,
  ne: (order: number) => order !== 0,
  lt: (order: number) => order < 0,
  le: (order: number) => order <= 0,
  gt: (order: number) => order > 0,
  ge: (order: number) => order >= 0,
} as const;

/** Throws when the field is not there: the event is then withheld and counted, never delivered by mistake. */
function reader(path: string, absent: Readonly<Record<string, unknown>>): (event: Event) => unknown {
  const names = path.split('.');
  return (event) => {
    let at: unknown = event;
    for (const [depth, name] of names.entries()) {
      if (at === null) return null;
      const member = memberOf(at, name);
      if (member === undefined) return absentValue(names, depth, absent);
      at = member;
    }
    return at;
  };
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Event)[name] : undefined;

/** What lies at the path in the default of the field that is not there, or the default of the field at the path. */
function absentValue(names: readonly string[], depth: number, absent: Readonly<Record<string, unknown>>): unknown {
  const path = names.join('.');
  let at = memberOf(absent, names.slice(0, depth + 1).join('.'));
  for (const name of names.slice(depth + 1)) at = at === null ? null : memberOf(at, name);
  if (at === undefined) at = memberOf(absent, path);
  if (at === undefined) throw new RangeError(`the event has no field ${path}`);
  return at;
}

/** Order of a field's value against a literal; NaN (so no comparison but `ne` holds) when they cannot be compared. */
function compare(value: unknown, literal: Scalar): number {
  if (typeof value === 'string' && typeof literal === 'string') return value === literal ? 0 : value < literal ? -1 : 1;
  if (typeof value === 'boolean' && typeof literal === 'boolean') return Number(value) - Number(literal);
  if (typeof value !== 'number' && typeof value !== 'bigint') return Number.NaN;
  const number = typeof literal === 'string' ? BigInt(literal) : literal;
  if (typeof number === 'boolean') return Number.NaN;
  if (value < number) return -1;
  if (value > number) return 1;
  // A number and a bigint that are neither less nor greater are equal, unless one of them is no number.
  return Number.isNaN(Number(value)) ? Number.NaN : 0;
}
