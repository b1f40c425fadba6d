import { ExplainResource, ReadersResource } from '@citystreams/contracts';
import type { CommandContext, GlobalOptions } from '../context.js';
import { openGateway } from '../session/gateway.client.js';
import { table } from '../terminal/table.js';

export interface ExplainOptions extends GlobalOptions {
  readonly principal?: string;
  readonly at?: string;
}

/** Why an account can or cannot read a field; without an account, who could. @throws CommandFailure */
export async function explain(
  context: CommandContext,
  stream: string,
  field: string,
  options: ExplainOptions,
): Promise<void> {
  const client = await openGateway(context, options);
  const query = new URLSearchParams({ stream, field });
  if (options.at !== undefined) query.set('at', options.at);
  if (options.principal === undefined) {
    const found = await client.get(`/api/explain/readers?${query.toString()}`, ReadersResource);
    return context.out(options.json ? JSON.stringify(found) : readersText(found));
  }
  query.set('principal', options.principal);
  const answer = await client.get(`/api/explain?${query.toString()}`, ExplainResource);
  return context.out(options.json ? JSON.stringify(answer) : answerText(answer));
}

function readersText({ stream, field, at, readers }: ReadersResource): string {
  if (readers.length === 0) return `nobody that you may know of could read ${field} of ${stream} at ${at}`;
  const rows = readers.map((r) => [
    r.principal,
    r.readable,
    r.shownAs,
    r.condition ?? 'every event',
    `${r.entitlement} v${r.version}`,
  ]);
  return table(rows, ['account', 'could read', 'shown as', 'events', 'entitlement']);
}

function answerText(answer: ExplainResource): string {
  const { entitlement, shownAs, condition, decisions } = answer;
  const facts: string[][] = [
    ['account', answer.principal],
    ['field', `${answer.stream} ${answer.field}`],
    ['at', answer.at],
    ['can read', `${answer.readable}: ${answer.text}`],
    ...(shownAs === null
      ? []
      : [
          ['shown as', shownAs],
          ['events', condition ?? 'every event'],
        ]),
    ...(entitlement === null
      ? []
      : [
          [
            'entitlement',
            `${entitlement.id} v${entitlement.version}, ${entitlement.state ?? 'not granted yet'} since ${entitlement.since ?? '-'}`,
          ],
          ['request', entitlement.request],
        ]),
  ];
  const decided = decisions.map((d) => [
    d.at,
    d.step,
    d.outcome,
    d.decider,
    [d.reasonCode, d.text].filter((t) => t !== null).join(': '),
  ]);
  const heading = ['at', 'step', 'outcome', 'by', 'why'];
  return decided.length === 0 ? table(facts) : `${table(facts)}\n\n${table(decided, heading)}`;
}
