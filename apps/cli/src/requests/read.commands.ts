import { RequestResource } from '@citystreams/contracts';
import { z } from 'zod';
import type { CommandContext, GlobalOptions } from '../context.js';
import { CommandFailure } from '../failure.js';
import { openGateway } from '../session/gateway.client.js';
import { table } from '../terminal/table.js';
import { requestText } from './request.text.js';

export interface ListOptions extends GlobalOptions {
  readonly state?: string;
  readonly stream?: string;
}

const Page = z.object({ items: z.array(RequestResource), next: z.string().nullable() });
const PAGE = 200;

/** Requests that the account may see, newest first. @throws CommandFailure */
export async function listRequests(context: CommandContext, options: ListOptions): Promise<void> {
  const client = await openGateway(context, options);
  const found: RequestResource[] = [];
  for (let after: string | null = ''; after !== null; ) {
    const query = new URLSearchParams({ limit: String(PAGE), ...(after !== '' && { after }) });
    if (options.state !== undefined) query.set('state', options.state);
    if (options.stream !== undefined) query.set('stream', options.stream);
    const page: z.infer<typeof Page> = await client.get(`/api/requests?${query.toString()}`, Page);
    found.push(...page.items);
    after = page.next;
  }
  if (options.json) return context.out(JSON.stringify(found));
  const rows = found.map(({ id, state, stream, asking, waiting }) => [
    ...[id, state, stream, asking, waiting?.people.map((p) => p.account).join(', ') ?? ''],
    waiting === null ? '' : (waiting.dueAt ?? 'not known yet') + (waiting.overdue ? ' OVERDUE' : ''),
  ]);
  context.out(
    found.length === 0 ? 'no request' : table(rows, ['request', 'state', 'stream', 'asked by', 'waits for', 'due']),
  );
}

/** @throws CommandFailure */
export async function showRequest(context: CommandContext, id: string, options: GlobalOptions): Promise<void> {
  const client = await openGateway(context, options);
  const request = await client.find(`/api/requests/${encodeURIComponent(id)}`, RequestResource);
  if (request === null)
    throw new CommandFailure('failed', `there is no request ${id}`, 'citystreams request ls lists what you may see');
  context.out(options.json ? JSON.stringify(request) : requestText(request));
}
