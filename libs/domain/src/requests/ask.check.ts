/**
 * Does what is asked fit the contract and the policy? Every problem at once, each with the code its reader acts on.
 */
import { type AvroRecord, leavesOf } from '@citystreams/avro';
import {
  type FieldInfo,
  type FieldPath,
  highest,
  type Level,
  type Mask,
  type PolicyMatrix,
} from '@citystreams/contracts';
import type { Ask } from '../views/ask.js';
import { readAsk, type WrittenProblem } from '../views/ask.reading.js';

export interface ContractFacts {
  /** Level of the stream: the highest of its fields. */
  level: Level;
  fields: readonly FieldInfo[];
  /** The newest version's schema. */
  record: AvroRecord;
}

export type AskProblem = WrittenProblem;

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

/** What of a drafted request does not fit the contract as it stands now. */
export function checkAgainstContract(ask: Ask, contract: ContractFacts): AskProblem[] {
  const read = readAsk(ask, contract, null);
  return read.ok ? [] : read.problems;
}

/** What the policy forbids and the requester can mend by asking for less. */
export const checkAgainstPolicy = (ask: Ask, contract: ContractFacts, policy: PolicyMatrix): AskProblem[] => [
  ...checkTerm(ask, contract, policy),
  ...treatmentProblems(ask, contract, policy),
];

/** A term that is too long for the level of what is asked, or history of a stream that is shared without. */
export function checkTerm(
  ask: Pick<Ask, 'fields' | 'months' | 'start'>,
  contract: ContractFacts,
  policy: PolicyMatrix,
): AskProblem[] {
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
  return problems;
}

/** Fields that would be shown more exactly than the policy allows now: what has no mask is shown as it is. */
function treatmentProblems(ask: Ask, contract: ContractFacts, policy: PolicyMatrix): AskProblem[] {
  const leaves = askedLeaves(ask.fields, contract);
  const masks = Object.fromEntries(
    leaves.map((path): [FieldPath, Mask] => [path, ask.masks[path] ?? { kind: 'keep' }]),
  );
  const read = readAsk({ fields: leaves, masks, predicate: null }, contract, policy);
  return read.ok ? [] : read.problems.filter((problem) => problem.code === 'POLICY_FORBIDS');
}

const forbidden = (field: string, message: string): AskProblem => ({ code: 'POLICY_FORBIDS', field, message });
