/**
 * Does what is asked fit the contract and the policy? Every problem at once, each with the code its reader acts on.
 */
import { type AvroRecord, checkPredicate, leavesOf } from '@citystreams/avro';
import {
  type FieldInfo,
  type FieldPath,
  type Finding,
  fieldsOf,
  highest,
  type Level,
  type Mask,
  type PolicyMatrix,
  type Predicate,
  type ProblemCode,
} from '@citystreams/contracts';

export interface Ask {
  fields: readonly FieldPath[];
  masks: Readonly<Record<string, Mask>>;
  predicate: Predicate | null;
  months: number;
  /** `now`, or the time from which retained history is asked. */
  start: string;
}

export interface ContractFacts {
  /** Level of the stream: the highest of its fields. */
  level: Level;
  fields: readonly FieldInfo[];
  /** The newest version's schema. */
  record: AvroRecord;
}

export interface AskProblem extends Finding {
  code: Extract<ProblemCode, 'FIELD_UNKNOWN' | 'PREDICATE_INVALID' | 'POLICY_FORBIDS'>;
}

/** The leaves that are asked for: who asks for a record asks for each field in it. In the contract's order. */
export const askedLeaves = (asked: readonly FieldPath[], contract: ContractFacts): FieldPath[] =>
  leavesOf(
    contract.fields.map((f) => f.path),
    asked,
  );

/** The highest level among the asked fields: what the approvers are chosen by. L5 where none is known. */
export function levelOfAsk(asked: readonly FieldPath[], contract: ContractFacts): Level {
  const leaves = new Set(askedLeaves(asked, contract));
  const levels = contract.fields.filter((f) => leaves.has(f.path) || above(f.path, leaves)).map((f) => f.level);
  return levels.length === 0 ? 'L5' : highest(levels);
}

const above = (path: string, leaves: ReadonlySet<string>): boolean => [...leaves].some((l) => l.startsWith(`${path}.`));

export function checkAgainstContract(ask: Ask, contract: ContractFacts): AskProblem[] {
  const known = new Set(contract.fields.map((f) => f.path));
  const unknown = ask.fields.flatMap((field, i): AskProblem[] =>
    known.has(field)
      ? []
      : [{ code: 'FIELD_UNKNOWN', field: `fields[${i}]`, message: `the stream has no classified field "${field}"` }],
  );
  const masks = Object.keys(ask.masks).flatMap((field): AskProblem[] =>
    ask.fields.includes(field)
      ? []
      : [{ code: 'FIELD_UNKNOWN', field: `masks.${field}`, message: `"${field}" has a mask and is not asked for` }],
  );
  return [...unknown, ...masks, ...predicateProblems(ask, contract)];
}

/** A requester filters only by what it sees: a condition on a withheld field would tell its value. */
function predicateProblems(ask: Ask, contract: ContractFacts): AskProblem[] {
  if (ask.predicate === null) return [];
  const clear = new Set(askedLeaves(ask.fields, contract));
  const withheld = fieldsOf(ask.predicate).filter((f) => contract.fields.some((k) => k.path === f) && !clear.has(f));
  return [
    ...withheld.map((f) => invalid(`"${f}" is not among the fields asked for; a condition on it would tell its value`)),
    ...checkPredicate(ask.predicate, contract.record).map((p) => invalid(`"${p.field}": ${p.message}`)),
  ];
}

const invalid = (message: string): AskProblem => ({ code: 'PREDICATE_INVALID', field: 'predicate', message });

/** What the policy forbids and the requester can mend by asking for less. */
export function checkAgainstPolicy(ask: Ask, contract: ContractFacts, policy: PolicyMatrix): AskProblem[] {
  const rule = policy.levels[levelOfAsk(ask.fields, contract)];
  const problems: AskProblem[] = [];
  if (rule.longestGrantMonths !== null && ask.months > rule.longestGrantMonths) {
    problems.push(
      forbidden(
        'duration.months',
        `the longest grant for these fields is ${rule.longestGrantMonths} months, asked are ${ask.months}`,
      ),
    );
  }
  if (ask.start !== 'now' && policy.levels[contract.level].history.fromGrant) {
    problems.push(
      forbidden('start', `a ${contract.level} stream is shared from the grant on: history cannot be asked, use "now"`),
    );
  }
  return [...problems, ...treatmentProblems(ask, contract, policy)];
}

/** Fields the policy lets nobody see as they are. No mask exists yet that could show them otherwise. */
function treatmentProblems(ask: Ask, contract: ContractFacts, policy: PolicyMatrix): AskProblem[] {
  const leaves = new Set(askedLeaves(ask.fields, contract));
  return contract.fields
    .filter((f) => leaves.has(f.path))
    .flatMap((f) => {
      const treatment = treatmentOf(f, policy);
      if (treatment === null) return [];
      const why = `"${f.path}" is ${f.category}, ${f.level}; the policy allows it only as ${treatment}`;
      return [forbidden('fields', `${why}, and this platform cannot mask fields yet: leave it out`)];
    });
}

/** What a field may only be shown as; null: as it is. */
function treatmentOf(field: FieldInfo, policy: PolicyMatrix): string | null {
  const { identifiers, precision } = policy.levels[field.level];
  switch (field.category) {
    case 'identifier':
      return identifiers === 'clear' ? null : identifiers;
    case 'location':
      return precision.place === 'exact' ? null : precision.place;
    case 'time':
      return precision.time === 'exact' ? null : precision.time;
    default:
      return null;
  }
}

const forbidden = (field: string, message: string): AskProblem => ({ code: 'POLICY_FORBIDS', field, message });
