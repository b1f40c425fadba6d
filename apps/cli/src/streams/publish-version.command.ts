import { StreamResource } from '@citystreams/contracts';
import type { CommandContext, GlobalOptions } from '../context.js';
import { CommandFailure } from '../failure.js';
import { openGateway } from '../session/gateway.client.js';
import { readStreamFolder } from './stream.files.js';

/**
 * Registers the versions of a stream's folder that the platform does not have yet, oldest first.
 * @throws CommandFailure with every problem
 */
export async function publishVersions(context: CommandContext, folder: string, options: GlobalOptions): Promise<void> {
  const files = readStreamFolder(context, folder);
  const client = await openGateway(context, options);
  const path = `/api/streams/${files.stream}`;
  const before = await client.find(path, StreamResource);
  if (before === null)
    throw new CommandFailure(
      'failed',
      `there is no stream ${files.stream}`,
      `citystreams streams create ${folder} makes it`,
    );
  let stream = before;
  for (const { json } of files.versions)
    stream = await client.post(`${path}/versions`, { contract: json }, StreamResource);
  const added = stream.versions.slice(before.versions.length);
  if (options.json) return context.out(JSON.stringify({ stream: stream.stream, added }));
  if (added.length === 0) return context.out(`${stream.stream} has all ${stream.versions.length} versions already`);
  const lines = added.flatMap(({ version, schemaId, changes }) => [
    `v${version}  schema ${schemaId}`,
    ...changes.map(({ text }) => `  ${text}`),
  ]);
  context.out(`${stream.stream}\n${lines.join('\n')}`);
}
