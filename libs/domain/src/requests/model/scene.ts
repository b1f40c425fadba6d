/** The machine's side of the model test: people, a city calendar of many years, and facts as a world makes them. */
import type { AgencyId, CalendarData, LevelPolicy, PolicyMatrix, StreamName } from '@citystreams/contracts';
import { calendarOf } from '../../clock/calendar.js';
import type { AskProblem } from '../ask.check.js';
import type { Actor, Deciders, OwnMove, PersonMove, RequestFacts } from '../moves.js';
import type { Said, World } from './model.js';
import type { Event, PersonName } from './table.js';

export const ASKING = 'futian' as AgencyId;
export const OWNER = 'bao-an' as AgencyId;

export const ACTORS: Readonly<Record<PersonName, Actor>> = {
  asker: { account: 'futian.steward', agency: 'futian', roles: ['steward'] },
  askerService: { account: 'futian.operations', agency: 'futian', roles: ['service'] },
  owner: { account: 'bao-an.steward', agency: 'bao-an', roles: ['steward'] },
  ownerDeputy: { account: 'bao-an.deputy', agency: 'bao-an', roles: [] },
  privacy: { account: 'bao-an.privacy', agency: 'bao-an', roles: ['privacy-officer'] },
  both: { account: 'bao-an.both', agency: 'bao-an', roles: ['steward', 'privacy-officer'] },
  cdo: { account: 'cdo', agency: 'city-government', roles: ['cdo'] },
  cdoDeputy: { account: 'nanshan.deputy', agency: 'nanshan', roles: [] },
  stranger: { account: 'pingshan.steward', agency: 'pingshan', roles: ['steward'] },
};

const own = (name: PersonName) => ({ account: ACTORS[name].account, agency: ACTORS[name].agency, deputyFor: null });
const deputy = (name: PersonName, of: PersonName) => ({ ...own(name), deputyFor: ACTORS[of].account });

export const DECIDERS: Deciders = {
  owner: [own('owner'), deputy('ownerDeputy', 'owner')],
  privacy: [own('privacy')],
  cdo: [own('cdo'), deputy('cdoDeputy', 'cdo')],
};

const levelPolicy = (approvers: LevelPolicy['approvers'], replyWorkingDays: number | null): LevelPolicy => ({
  sharing: approvers.length === 0 ? 'not-shared' : 'conditional',
  ...{ approvers, replyWorkingDays, longestGrantMonths: 24, identifiers: 'clear', sourceRetentionDays: null },
  ...{
    precision: { place: 'exact', time: 'exact' },
    history: { fromGrant: false, days: 90 },
    recertificationMonths: 12,
  },
});

const POLICY: PolicyMatrix = {
  version: '2026-7',
  levels: {
    L1: levelPolicy(['rule'], 0),
    L2: levelPolicy(['owner'], 5),
    L3: levelPolicy(['owner', 'privacy'], 10),
    L4: levelPolicy(['owner', 'privacy', 'cdo'], 10),
    L5: levelPolicy([], null),
  },
};

const YEARS = Array.from({ length: 300 }, (_, i) => String(2026 + i));

/** The same few holidays every year; one Saturday or so is worked for them. */
const HOLIDAYS = ['01-01', '05-01', '10-01', '10-02', '10-05', '10-06', '10-07'];
const MADE_UP = '10-10';

const CALENDAR_DATA: CalendarData = {
  utcOffsetMinutes: 480,
  years: Object.fromEntries(
    YEARS.map((year) => [
      year,
      {
        holidays: Object.fromEntries(HOLIDAYS.map((day) => [`${year}-${day}`, 'a holiday'])),
        workdays: { [`${year}-${MADE_UP}`]: 'a holiday' },
      },
    ]),
  ),
};
export const CALENDAR = calendarOf(CALENDAR_DATA);

const problem = (code: AskProblem['code']): AskProblem => ({ code, field: 'fields', message: 'does not fit' });

/** @param narrower whether the delta of the command at hand is */
export const factsOf = (world: World, narrower = true): RequestFacts => ({
  calendar: CALENDAR,
  sharing: world.sharing,
  level: world.level,
  policy: POLICY,
  problems: [
    ...(world.misfit ? [problem('FIELD_UNKNOWN')] : []),
    ...(world.policyForbids ? [problem('POLICY_FORBIDS')] : []),
  ],
  forbidden: world.listed ? { code: 'NEGATIVE_LIST', legalGround: 'article 9', text: 'is on the list' } : null,
  deciders: { ...DECIDERS, privacy: world.privacyVacant ? [] : DECIDERS.privacy },
  refusalCodes: new Map([
    ['NOT_NECESSARY', { final: false }],
    ['SECRECY', { final: true }],
  ]),
  basis: {
    stream: 'bao-an.flight-movement' as StreamName,
    level: 'L4',
    owner: OWNER,
    sharing: world.sharing,
    fields: { delay: `int, ${world.level}, measurement ${world.contract}`, gate: 'string, L1, description' },
  },
  asked: ['delay'],
  deltaProblems: narrower ? [] : [{ field: 'months', message: 'is longer' }],
});

/** A command with everything that has to be said. */
export function commandOf(event: Event, said: Said): PersonMove | OwnMove {
  const refusal = { reasonCode: said.reason, legalGround: 'article 5', text: 'because' };
  switch (event) {
    case 'remind':
      return { type: event, mark: said.mark };
    case 'refuse':
      return { type: event, ...refusal };
    case 'counter-offer':
      return { type: event, delta: { months: 3 }, text: 'less' };
    case 'rule':
      if (said.outcome === 'confirm-refusal') return { type: event, outcome: said.outcome, ...refusal };
      if (said.outcome === 'grant') return { type: event, outcome: said.outcome, legalGround: 'article 1', text: 'so' };
      return { type: event, outcome: said.outcome, delta: { months: 3 }, legalGround: 'article 1', text: 'so' };
    case 'ask':
    case 'answer':
    case 'dispute':
    case 'approve':
    case 'accept':
    case 'decline':
      return { type: event, text: 'words' };
    default:
      return { type: event };
  }
}
