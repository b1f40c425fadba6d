import type { AvroRecord } from '@citystreams/avro';
import type { StreamMessage } from '@citystreams/contracts';
import {
  type Ask,
  type AskProblem,
  basisOf,
  checkAgainstContract,
  checkAgainstPolicy,
  type ContractFacts,
  levelOfAsk,
  type RequestFacts,
  type RequestPeople,
} from '@citystreams/domain';
import type { City } from '../policy/city.js';

/** The newest version of a stream's contract, as decisions look at it. */
export function contractFacts(stream: StreamMessage): ContractFacts {
  const newest = stream.versions.at(-1);
  if (newest === undefined) throw new RangeError(`${stream.stream} was announced without a contract`);
  return { level: stream.level, fields: newest.fields, record: JSON.parse(newest.schema) as AvroRecord };
}

/** Everything that keeps what is asked from being granted as things stand. */
const problemsOf = (ask: Ask, contract: ContractFacts, city: City): AskProblem[] => [
  ...checkAgainstContract(ask, contract),
  ...checkAgainstPolicy(ask, contract, city.matrix),
];

/** @param deltaProblems of the delta that the command carries */
export function requestFacts(
  ask: Ask,
  stream: StreamMessage,
  city: City,
  people: RequestPeople,
  deltaProblems: RequestFacts['deltaProblems'] = [],
): RequestFacts {
  const contract = contractFacts(stream);
  return {
    calendar: city.calendar,
    sharing: stream.sharing,
    level: levelOfAsk(ask.fields, contract),
    policy: city.matrix,
    problems: problemsOf(ask, contract, city),
    forbidden: null,
    deciders: people.deciders,
    refusalCodes: city.refusalCodes,
    basis: basisOf(stream, contract.fields),
    asked: ask.fields,
    deltaProblems,
  };
}
