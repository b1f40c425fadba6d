import { StreamSummary } from '@citystreams/contracts';
import { z } from 'zod';
import type { CommandContext, GlobalOptions } from '../context.js';
import { openGateway } from '../session/gateway.client.js';
import { table } from '../terminal/table.js';

export interface ListOptions extends GlobalOptions {
  readonly agency?: string;
  readonly level?: string;
  readonly concept?: string;
  readonly retired?: boolean;
}

const Page = z.object({ items: z.array(StreamSummary), next: z.string().nullable() });
const PAGE = 200;

/** Every stream that the account may know of, the best match first where words are given. */
export async function listStreams(context: CommandContext, words: string[], options: ListOptions): Promise<void> {
  const client = await openGateway(context, options);
  const { agency, level, concept, retired } = options;
  const query = new URLSearchParams({ limit: String(PAGE) });
  const asked = { q: words.join(' '), agency, level, concept, retired: retired === true ? 'true' : undefined };
  for (const [name, value] of Object.entries(asked)) if (value) query.set(name, value);
  const found: StreamSummary[] = [];
  for (let after: string | null = ''; after !== null; ) {
    if (after !== '') query.set('after', after);
    const page: z.infer<typeof Page> = await client.get(`/api/streams?${query.toString()}`, Page);
    found.push(...page.items);
    after = page.next;
  }
  if (options.json) return context.out(JSON.stringify(found));
  if (found.length === 0) return context.out(words.length === 0 ? 'no streams' : 'no stream is found by these words');
  const rows = found.map(({ stream, title, level: l, sharing, version }) => [
    stream,
    l,
    sharing,
    `v${version}`,
    `${title.en} ${title.zh}`,
  ]);
  context.out(table(rows, ['stream', 'level', 'sharing', 'version', 'title']));
}
