/** A request for people: what is asked, where it stands, who has to do what, and how it came there. Pure. */
import type { RequestResource } from '@citystreams/contracts';
import { table } from '../terminal/table.js';

export function requestText(request: RequestResource): string {
  const { history = [], checks, decisions } = request;
  const parts = [table(factsOf(request))];
  if (checks.length > 0) {
    const rows = checks.map(({ check, passed, text }) => [passed ? 'ok' : 'NO', check, text]);
    parts.push(`\nChecks\n${table(rows)}`);
  }
  if (decisions.length > 0) {
    const rows = decisions.map((d) => [d.at, d.step, d.outcome + (d.void ? ' (void)' : ''), whoDecided(d), wordsOf(d)]);
    parts.push(`\n${table(rows, ['decided', 'step', 'outcome', 'by', 'words'])}`);
  }
  if (history.length > 0) {
    const rows = history.map(({ at, event, to, by, text }) => [at, event, to, by ?? '', text ?? '']);
    parts.push(`\n${table(rows, ['when', 'what', 'then', 'by', 'words'])}`);
  }
  return parts.join('\n');
}

function factsOf(request: RequestResource): string[][] {
  const { waiting, offer, restriction, continues, disputable } = request;
  const masks = Object.entries(request.masks).map(([field, mask]) => `${field}: ${JSON.stringify(mask)}`);
  return [
    ['request', request.id],
    ['state', request.state],
    ['stream', `${request.stream}, of ${request.owner}`],
    ['asked by', `${request.asking} (${request.createdBy}) for ${request.principals.join(', ')}`],
    ['fields', `${request.fields.join(', ')} (${request.level})`],
    ...(masks.length === 0 ? [] : [['masks', masks.join('; ')]]),
    ...(request.predicate === null ? [] : [['where', JSON.stringify(request.predicate)]]),
    ...(restriction === null ? [] : [['and only', JSON.stringify(restriction)]]),
    ['purpose', request.purpose],
    ['basis', request.legalBasis],
    ['necessity', request.necessity],
    ['for', `${request.duration.months} months, from ${request.start}`],
    ...(continues === null ? [] : [['continues', `${continues.entitlement} (${continues.as})`]]),
    ...(request.steps.length === 0
      ? []
      : [['decided by', `${request.steps.join(', ')}; policy ${request.policyVersion}`]]),
    ...(waiting === null ? [] : waitingRows(waiting)),
    ...(offer === null ? [] : [['offered', `by ${offer.by}: ${JSON.stringify(offer.delta)}`]]),
    ...(disputable === null ? [] : [['dispute until', disputable.until ?? disputable.unknown ?? '']]),
    ...(request.entitlement === null ? [] : [['entitlement', request.entitlement]]),
  ];
}

function waitingRows(waiting: Exclude<RequestResource['waiting'], null>): string[][] {
  const people = waiting.people.map(
    ({ name, account, deputyFor }) => `${name} (${account}${deputyFor === null ? '' : `, deputy of ${deputyFor}`})`,
  );
  const silent = waiting.silent.map(({ name, account }) => `${name} (${account})`);
  return [
    ['waits for', `${waiting.for}: ${people.join(', ') || 'nobody: name a deputy from another office'}`],
    ['due', (waiting.dueAt ?? waiting.dueUnknown ?? '') + (waiting.overdue ? '  OVERDUE' : '')],
    ...(silent.length === 0 ? [] : [['was silent', silent.join(', ')]]),
  ];
}

const whoDecided = ({ decider, deputyFor, inPlaceOf }: RequestResource['decisions'][number]): string =>
  [
    decider,
    ...(deputyFor === null ? [] : [`deputy of ${deputyFor}`]),
    ...(inPlaceOf === null ? [] : [`in place of ${inPlaceOf}`]),
  ].join(', ');

const wordsOf = ({ reasonCode, legalGround, text }: RequestResource['decisions'][number]): string =>
  [reasonCode, legalGround, text].filter((part) => part !== null).join('; ');
