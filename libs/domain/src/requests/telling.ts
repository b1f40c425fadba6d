/** Who is waited for, and whom a person's message goes to when something happens to a request. */
import type { ReminderKind } from '@citystreams/contracts';
import type { Decider, Deciders, Moved, RequestEntry } from './moves.js';
import type { SubscriptionRequest, WaitingFor } from './subscription-request.js';

/** The people of the city who have to do with one request. */
export interface RequestPeople {
  deciders: Deciders;
  /** The asking agency's data officer, and whoever else speaks for it. */
  asking: readonly Decider[];
  /** The city government's head: whom a silent CDO is reported to. */
  head: Decider | null;
}

export interface Telling {
  kind: ReminderKind;
  person: string;
  /** Whom the request waits for; null: nobody. */
  step: WaitingFor | null;
  turn: number;
}

/** Those who can end the wait now, in their own right or as deputies; empty where nobody is waited for. */
export function peopleDue(request: SubscriptionRequest, people: RequestPeople): Decider[] {
  const { wait } = request;
  if (wait === null) return [];
  switch (wait.for) {
    case 'answer':
    case 'offer':
      return [...people.asking];
    case 'ruling':
      return judges(request, people);
    default: {
      const holders = outside(people.deciders[wait.for], request);
      if (wait.for === 'cdo' || wait.escalation === 0) return holders;
      const more = judges(request, people).filter((j) => !holders.some((h) => h.account === j.account));
      return [...holders, ...more];
    }
  }
}

const outside = (deciders: readonly Decider[], { asking }: SubscriptionRequest): Decider[] =>
  deciders.filter((d) => d.agency !== asking);

const judges = (request: SubscriptionRequest, { deciders }: RequestPeople): Decider[] =>
  outside(deciders.cdo, request).filter((d) => d.agency !== request.owner);

/** Everything that people are told of a move: one message a person for each thing there is to say. */
export function tellingsOf({ next, entries }: Moved, before: SubscriptionRequest, people: RequestPeople): Telling[] {
  const step = (next.wait ?? before.wait)?.for ?? null;
  const tell: Tell = (kind, to, turn = next.turn) =>
    [...new Set(to.map((person) => person.account))].map((person) => ({ kind, person, step, turn }));
  const said = entries.flatMap((entry) => tellingsOfEntry(entry, before, next, people, tell));
  const begins = next.wait !== null && next.turn > before.turn && next.wait.escalation === 0;
  return begins ? [...said, ...tell('waits', peopleDue(next, people))] : said;
}

type Tell = (kind: ReminderKind, to: readonly Pick<Decider, 'account'>[], turn?: number) => Telling[];

function tellingsOfEntry(
  { event }: RequestEntry,
  before: SubscriptionRequest,
  next: SubscriptionRequest,
  people: RequestPeople,
  tell: Tell,
): Telling[] {
  switch (event) {
    case 'reminded-half':
      return tell('half-time', peopleDue(before, people), before.turn);
    case 'reminded-most':
      return tell('little-time', peopleDue(before, people), before.turn);
    case 'escalated': {
      const silent = (next.wait?.silent ?? []).map((account) => ({ account }));
      return [...tell('overdue', silent), ...tell('escalated', oneLevelUp(next, people))];
    }
    case 'lapsed':
      return tell('lapsed', people.asking);
    case 'voided':
      return tell('approvals-void', people.asking);
    case 'approved-by-rule':
      return tell('granted-by-rule', people.deciders.owner);
    default:
      return [];
  }
}

/** Above an owner or a privacy officer is the CDO; above the CDO is the city government's head. */
function oneLevelUp(request: SubscriptionRequest, people: RequestPeople): Decider[] {
  const { wait } = request;
  const above = judges(request, people);
  const isBelow = wait !== null && (wait.for === 'owner' || wait.for === 'privacy') && wait.escalation === 1;
  if (isBelow && above.length > 0) return above;
  return people.head === null ? [] : [people.head];
}
