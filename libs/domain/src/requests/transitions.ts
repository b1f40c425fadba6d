/**
 * The request machine: which move is possible in which state, whose it is, and where it leads. Everything that is not in
 * the table is refused with a stable code and has no effect.
 */
import { RequestState } from '@citystreams/contracts';
import { marksDue } from '../clock/wait.js';
import * as asking from './asking.rules.js';
import { isAskingSide, isAskingSteward, isDecidingSide, rightToJudge } from './authority.js';
import * as deciding from './deciding.rules.js';
import {
  type CommandOf,
  type Moved,
  type MoveOutcome,
  type RequestCommand,
  type RequestFacts,
  refused,
} from './moves.js';
import * as own from './own.rules.js';
import type { Move } from './stages.js';
import type { SubscriptionRequest } from './subscription-request.js';

type Whose = 'asking side' | 'asking steward' | 'deciding side' | 'CDO' | 'nobody';

interface Transition<T extends RequestCommand['type']> {
  from: readonly RequestState[];
  whose: Whose;
  /** `same`: the state stays. */
  to: readonly (RequestState | 'same')[];
  rule: (move: Move, command: CommandOf<T>) => MoveOutcome;
}

const PENDING = ['PENDING_OWNER', 'PENDING_PRIVACY', 'PENDING_CDO'] as const;
const NEXT = ['PENDING_PRIVACY', 'PENDING_CDO', 'APPROVED'] as const;
const WAITING = [...PENDING, 'INFO_REQUESTED', 'COUNTER_OFFERED', 'DISPUTED'] as const;
const BEFORE_THE_END = ['SUBMITTED', ...PENDING, 'INFO_REQUESTED', 'COUNTER_OFFERED'] as const;

// biome-ignore format: a table
export const TRANSITIONS: { readonly [T in RequestCommand['type']]: Transition<T> } = {
  submit:          { from: ['DRAFT'],                        whose: 'asking side',    to: ['SUBMITTED'],                           rule: asking.submit },
  check:           { from: ['SUBMITTED'],                    whose: 'nobody',         to: ['APPROVED', 'REFUSED', 'PENDING_OWNER'], rule: own.check },
  ask:             { from: PENDING,                          whose: 'deciding side',  to: ['INFO_REQUESTED'],                      rule: deciding.ask },
  answer:          { from: ['INFO_REQUESTED'],               whose: 'asking side',    to: PENDING,                                 rule: asking.answer },
  approve:         { from: PENDING,                          whose: 'deciding side',  to: NEXT,                                    rule: deciding.approve },
  refuse:          { from: PENDING,                          whose: 'deciding side',  to: ['REFUSED'],                             rule: deciding.refuse },
  'counter-offer': { from: PENDING,                          whose: 'deciding side',  to: ['COUNTER_OFFERED'],                     rule: deciding.counterOffer },
  accept:          { from: ['COUNTER_OFFERED'],              whose: 'asking steward', to: NEXT,                                    rule: asking.accept },
  decline:         { from: ['COUNTER_OFFERED'],              whose: 'asking steward', to: ['WITHDRAWN'],                           rule: asking.decline },
  dispute:         { from: ['COUNTER_OFFERED', 'REFUSED'],   whose: 'asking steward', to: ['DISPUTED'],                            rule: asking.dispute },
  rule:            { from: ['DISPUTED'],                     whose: 'CDO',            to: ['APPROVED', 'COUNTER_OFFERED', 'REFUSED'], rule: deciding.rule },
  withdraw:        { from: ['DRAFT', ...BEFORE_THE_END, 'DISPUTED'], whose: 'asking side', to: ['WITHDRAWN'],                      rule: asking.withdraw },
  change:          { from: BEFORE_THE_END,                   whose: 'nobody',         to: ['SUBMITTED'],                           rule: own.change },
  deadline:        { from: WAITING,                          whose: 'nobody',         to: ['same', 'LAPSED'],                      rule: own.deadline },
  remind:          { from: WAITING,                          whose: 'nobody',         to: ['same'],                                rule: own.remind },
};

const MAY: Readonly<Record<Exclude<Whose, 'nobody'>, { may: typeof isDecidingSide; or: string }>> = {
  'asking side': { may: (by, request) => isAskingSide(by, request), or: 'a steward or a service of the asking agency' },
  'asking steward': { may: (by, request) => isAskingSteward(by, request), or: 'a steward of the asking agency' },
  'deciding side': { may: isDecidingSide, or: 'who holds a role that decides this request' },
  CDO: {
    may: (by, request, facts) => rightToJudge(by, request, facts) !== null,
    or: 'the CDO or a deputy, of no office that the dispute is about',
  },
};

/** One move. A refusal is an answer: the request is as it was. */
export function decide(
  request: SubscriptionRequest,
  command: RequestCommand,
  facts: RequestFacts,
  now: Date,
): MoveOutcome {
  // The row of a type takes commands of that type: the compiler does not follow.
  const { from, whose, rule } = TRANSITIONS[command.type] as Transition<RequestCommand['type']>;
  if (whose !== 'nobody' && 'by' in command && !MAY[whose].may(command.by, request, facts)) {
    return refused('FORBIDDEN', `only ${MAY[whose].or} may do this`);
  }
  if (!from.includes(request.state)) {
    return refused(
      'STATE_CONFLICT',
      `the request is ${request.state}: the move "${command.type}" needs ${from.join(', ')}`,
    );
  }
  return rule({ request, facts, now }, command);
}

/** A move with what follows from it at once: a submission is checked in the same moment. */
export function act(
  request: SubscriptionRequest,
  command: RequestCommand,
  facts: RequestFacts,
  now: Date,
): MoveOutcome {
  const first = decide(request, command, facts, now);
  if (!first.ok || first.next.state !== 'SUBMITTED') return first;
  const second = decide(first.next, { type: 'check' }, facts, now);
  return second.ok ? { ...second, entries: [...first.entries, ...second.entries] } : second;
}

/** Everything that the clock has to do with a request at this moment; null: nothing. */
export function passTime(request: SubscriptionRequest, facts: RequestFacts, now: Date): Moved | null {
  const marks = request.wait === null ? [] : marksDue(facts.calendar, request.wait, now);
  return marks.reduce<Moved | null>((all, mark) => {
    const command: RequestCommand = mark === 'deadline' ? { type: 'deadline' } : { type: 'remind', mark };
    const moved = decide(all?.next ?? request, command, facts, now);
    return moved.ok ? { ...moved, entries: [...(all?.entries ?? []), ...moved.entries] } : all;
  }, null);
}
