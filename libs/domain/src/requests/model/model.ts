/** The request as the table tells it: counts days one by one, knows no dates, and predicts every answer of the machine. */
import type { Level, RequestState } from '@citystreams/contracts';
import {
  type Condition,
  type Event,
  GROUPS,
  HOLDERS,
  type PersonName,
  type Row,
  type Rule,
  RULES,
  TABLE,
  type Target,
} from './table.js';

type Step = 'owner' | 'privacy' | 'cdo';

export interface World {
  level: Level;
  sharing: 'unconditional' | 'conditional' | 'not-shared';
  /** Counts changes of the contract that matter. */
  contract: number;
  misfit: boolean;
  policyForbids: boolean;
  listed: boolean;
  privacyVacant: boolean;
}

/** What is said with a command. */
export interface Said {
  reason: 'NOT_NECESSARY' | 'SECRECY' | 'BECAUSE';
  narrower: boolean;
  outcome: 'grant' | 'grant-narrower' | 'confirm-refusal';
  mark: 'half' | 'most';
}

interface Timer {
  kind: Step | 'answer' | 'offer' | 'ruling';
  limit: number;
  used: number;
  /** The day on which it was started or went on does not count. */
  fresh: boolean;
  fired: string[];
  level: number;
}

export interface Model {
  world: World;
  state: RequestState;
  steps: Step[];
  level: Level;
  contract: number;
  sharing: World['sharing'];
  step: Step | null;
  timer: Timer | null;
  stopped: Timer | null;
  pauses: number;
  pauseDays: number;
  decided: PersonName[];
  offerBy: Step | 'ruling' | null;
  disputed: boolean;
  /** Of the refusal that stands: by whom, and how many working days ago. */
  refusal: { by: 'rule' | 'ruling' | 'person'; reason: string; fresh: boolean; days: number } | null;
}

export const newModel = (world: World): Model => ({
  ...{
    world,
    state: 'DRAFT',
    steps: [],
    level: world.level,
    contract: 0,
    sharing: world.sharing,
    step: null,
    timer: null,
    stopped: null,
  },
  ...{ pauses: 0, pauseDays: 0, decided: [], offerBy: null, disputed: false, refusal: null },
});

const PENDING: Record<Step, RequestState> = { owner: 'PENDING_OWNER', privacy: 'PENDING_PRIVACY', cdo: 'PENDING_CDO' };
const SHARE = { half: 0.5, most: 0.8 };
const LEVELS_UP: Record<Timer['kind'], number> = { owner: 2, privacy: 2, cdo: 1, ruling: 1, answer: 0, offer: 0 };
const REPLY: Record<Level, number> = { L1: 5, L2: 5, L3: 10, L4: 10, L5: 5 };

/** A day ends that was worked, or not. */
export function dayEnds(m: Model, worked: boolean): void {
  if (m.timer !== null) {
    if (!m.timer.fresh && worked) m.timer.used += 1;
    m.timer.fresh = false;
  }
  if (m.refusal !== null) {
    if (!m.refusal.fresh && worked) m.refusal.days += 1;
    m.refusal.fresh = false;
  }
}

const start = (kind: Timer['kind'], limit: number, level = 0): Timer => ({
  kind,
  limit,
  used: 0,
  fresh: true,
  fired: [],
  level,
});
const isUp = (t: Timer): boolean => t.used >= t.limit;
const isSpent = (t: Timer): boolean => t.level > 0 && t.level === LEVELS_UP[t.kind];

function holds(m: Model, rule: Rule, by: PersonName | null, said: Said): boolean {
  const { world, timer, step } = m;
  switch (rule) {
    case 'fits the contract':
      return !world.misfit;
    case 'is due':
      return (
        by !== null &&
        step !== null &&
        (HOLDERS[step].includes(by) || ((timer?.level ?? 0) > 0 && step !== 'cdo' && HOLDERS.cdo.includes(by)))
      );
    case 'has not decided before':
      return by !== null && !m.decided.includes(by);
    case 'a pause is left':
      return m.pauses < 2 && m.pauseDays < 5;
    case 'a known reason':
      return said.reason !== 'BECAUSE';
    case 'can be disputed':
      if (m.disputed) return false;
      return (
        m.state === 'COUNTER_OFFERED' ||
        (m.refusal?.by === 'person' && m.refusal.reason !== 'SECRECY' && m.refusal.days < 10)
      );
    case 'is narrower':
      return said.narrower;
    case 'in time':
      return m.state === 'REFUSED' || timer === null || !isUp(timer);
    case 'nothing has changed':
      return !hasChanged(m);
    case 'something has changed':
      return hasChanged(m);
    case 'the policy allows it still':
      return !world.misfit && !world.policyForbids && !world.listed;
    case 'somebody is left for the rest':
      return by !== null && rest(m).every((s) => free(m, s, [...m.decided, by]));
    case 'its time is up':
      return timer !== null && !isSpent(timer) && isUp(timer);
    default:
      return (
        timer !== null &&
        !isSpent(timer) &&
        !timer.fired.includes(said.mark) &&
        timer.used >= timer.limit * SHARE[said.mark]
      );
  }
}

const hasChanged = (m: Model): boolean => m.contract !== m.world.contract || m.sharing !== m.world.sharing;
const rest = (m: Model): Step[] => m.steps.slice(m.steps.indexOf(m.step as Step) + 1);
/** Privacy: its officer alone is in the city's books; the CDO has a deputy. */
const free = (m: Model, s: Step, taken: readonly PersonName[]): boolean => {
  if (s === 'privacy') return !m.world.privacyVacant && !taken.includes('privacy');
  return (s === 'cdo' ? (['cdo', 'cdoDeputy'] as const) : (['owner', 'ownerDeputy'] as const)).some(
    (p) => !taken.includes(p),
  );
};

function applies(m: Model, when: Condition, said: Said): boolean {
  const { level, sharing, policyForbids, listed, misfit } = m.world;
  switch (when) {
    case 'forbidden':
      return sharing === 'not-shared' || level === 'L5' || policyForbids || listed || misfit;
    case 'nobody left':
      return m.steps.some((s) => !free(m, s, []));
    case 'public on an open stream':
      return m.steps.length === 0;
    case 'ruling grants':
      return said.outcome === 'grant';
    case 'ruling narrows':
      return said.outcome === 'grant-narrower';
    case 'ruling confirms':
      return said.outcome === 'confirm-refusal';
    default:
      return true;
  }
}

export type Prediction = { row: Row; to: RequestState } | { code: string };

/** What the table says of a command, before it is given. */
export function predict(m: Model, event: Event, by: PersonName | null, said: Said): Prediction {
  const rows = TABLE.filter((r) => r.event === event);
  const group = GROUPS[rows[0]?.by ?? ''];
  if (by !== null && group !== undefined && !group.includes(by)) return { code: 'FORBIDDEN' };
  const row = rows.find((r) => r.from.includes(m.state) && applies(m, r.when, said));
  if (row === undefined) return { code: 'STATE_CONFLICT' };
  const broken = row.rules.find((rule) => !holds(m, rule, by, said));
  return broken === undefined ? { row, to: stateOf(m, row.to) } : { code: RULES[broken] };
}

function stateOf(m: Model, target: Target): RequestState {
  if (target === 'SAME') return m.state;
  if (target === 'BACK') return PENDING[m.step as Step];
  if (target === 'OFFER_NEXT' && m.offerBy === 'ruling') return 'APPROVED';
  if (target !== 'NEXT' && target !== 'OFFER_NEXT') return target;
  const [next] = rest(m);
  return next === undefined ? 'APPROVED' : PENDING[next];
}

/** What changes when the table allows a command. */
export function follow(m: Model, { row, to }: { row: Row; to: RequestState }, by: PersonName | null, said: Said): void {
  const { event } = row;
  if (event === 'submit' || event === 'change') submitted(m);
  if (event === 'remind') m.timer?.fired.push(said.mark);
  if (event === 'deadline' && to === m.state && m.timer !== null)
    m.timer = start(m.timer.kind, m.timer.limit, m.timer.level + 1);
  if ((event === 'approve' || event === 'counter-offer') && by !== null) m.decided.push(by);
  if (event === 'rule' && by !== null && to !== 'APPROVED') m.decided.push(by);
  if (event === 'ask') m.stopped = m.timer;
  if (event === 'answer') {
    m.pauses += 1;
    m.pauseDays += m.timer?.used ?? 0;
    m.timer = m.stopped === null ? null : { ...m.stopped, fresh: true };
    m.stopped = null;
  }
  if (event === 'counter-offer') m.offerBy = m.step;
  if (event === 'rule') m.offerBy = to === 'COUNTER_OFFERED' ? 'ruling' : null;
  if (event === 'dispute') m.disputed = true;
  if (to === 'REFUSED') m.refusal = { by: refuser(event), reason: said.reason, fresh: true, days: 0 };
  const moved = to !== m.state;
  m.state = to;
  if (moved && event !== 'answer') enter(m, event);
}

const refuser = (event: Event) => (event === 'check' ? 'rule' : event === 'rule' ? 'ruling' : 'person');

function submitted(m: Model): void {
  const { level, sharing, contract } = m.world;
  const asked: Record<Level, Step[]> = {
    L1: ['owner'],
    L2: ['owner'],
    L3: ['owner', 'privacy'],
    L4: ['owner', 'privacy', 'cdo'],
    L5: ['owner'],
  };
  m.steps = level === 'L1' && sharing === 'unconditional' ? [] : asked[level];
  m.level = level;
  m.contract = contract;
  m.sharing = sharing;
  m.decided = [];
}

function enter(m: Model, event: Event): void {
  const pending = (Object.keys(PENDING) as Step[]).find((s) => PENDING[s] === m.state);
  if (pending !== undefined) {
    Object.assign(m, { step: pending, stopped: null, offerBy: null, timer: start(pending, replyDays(m)) });
  } else if (m.state === 'INFO_REQUESTED') m.timer = start('answer', 5 - m.pauseDays);
  else if (m.state === 'COUNTER_OFFERED') Object.assign(m, { stopped: null, timer: start('offer', 10) });
  else if (m.state === 'DISPUTED')
    Object.assign(m, { step: null, stopped: null, offerBy: null, timer: start('ruling', 10) });
  else Object.assign(m, { step: null, stopped: null, timer: null, ...(event !== 'submit' && { offerBy: null }) });
}

/** Fixed at submission: by what the level was then. */
const replyDays = (m: Model): number => REPLY[m.level];
