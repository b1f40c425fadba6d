import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { AuditExportEnd, AuditHead } from '@citystreams/contracts';
import { z } from 'zod';
import type { CommandContext, GlobalOptions } from '../context.js';
import { CommandFailure } from '../failure.js';
import { type GatewayClient, openGateway } from '../session/gateway.client.js';

export interface ExportOptions extends GlobalOptions {
  readonly heads?: string;
}

const Heads = z.object({ items: z.array(AuditHead), next: z.string().nullable() });

/**
 * Writes the whole chain into a file, and the heads as the service shows them into another. A file is there only whole.
 * @throws CommandFailure where the platform refuses, or the export breaks off
 */
export async function exportEvidence(context: CommandContext, file: string, options: ExportOptions): Promise<void> {
  const client = await openGateway(context, options);
  const path = resolve(context.cwd, file);
  const { records } = await writeExport(client, path);
  const heads = options.heads === undefined ? null : resolve(context.cwd, options.heads);
  const count = heads === null ? 0 : await writeHeads(client, heads);
  if (options.json)
    return context.out(JSON.stringify({ file: path, records, ...(heads !== null && { heads, headCount: count }) }));
  context.out(`${relative(context.cwd, path)}: ${records} records`);
  if (heads === null) return;
  context.out(`${relative(context.cwd, heads)}: ${count} heads, as the service shows them now`);
  context.out('Heads that you kept yourself prove more: from your notice topic, or the heads file.');
}

async function writeExport(client: GatewayClient, path: string): Promise<AuditExportEnd> {
  const draft = `${path}.part`;
  const out = createWriteStream(draft);
  let tail = '';
  try {
    for await (const chunk of await client.stream('/api/audit/export')) {
      tail = (tail + Buffer.from(chunk).toString('latin1')).slice(-1_000);
      if (!out.write(chunk)) await once(out, 'drain');
    }
    out.end();
    await once(out, 'close');
    const end = AuditExportEnd.safeParse(jsonIn(tail.trimEnd().split('\n').at(-1) ?? ''));
    if (!end.success) throw new CommandFailure('failed', 'the export broke off', 'try again; nothing was written');
    await rename(draft, path);
    return end.data;
  } catch (cause) {
    out.destroy();
    await rm(draft, { force: true });
    if (cause instanceof CommandFailure) throw cause;
    throw new CommandFailure(
      'failed',
      `the export could not be written: ${cause instanceof Error ? cause.message : 'unknown'}`,
    );
  }
}

async function writeHeads(client: GatewayClient, path: string): Promise<number> {
  const heads: AuditHead[] = [];
  for (let after: string | null = '0'; after !== null; ) {
    const page: z.infer<typeof Heads> = await client.get(`/api/audit/heads?limit=200&after=${after}`, Heads);
    heads.push(...page.items);
    after = page.next;
  }
  await writeFile(path, heads.map((head) => `${JSON.stringify(head)}\n`).join(''));
  return heads.length;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
