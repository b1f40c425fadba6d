import { type ChangeStream, type StreamManifest, StreamResource } from '@citystreams/contracts';
import type { CommandContext, GlobalOptions } from '../context.js';
import { CommandFailure } from '../failure.js';
import { openGateway } from '../session/gateway.client.js';
import { readStreamFolder } from './stream.files.js';

/**
 * Makes the platform's stream what its folder says: first what `stream.yaml` has otherwise (a version that raises a level
 * may need it), then the versions that the platform does not have yet, oldest first.
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
  requireSamePartitions(before, files.manifest);
  const change = changeIn(before, files.manifest);
  let stream = before;
  if (Object.keys(change).length > 0) stream = await client.patch(path, change, StreamResource);
  for (const { json } of files.versions)
    stream = await client.post(`${path}/versions`, { contract: json }, StreamResource);
  const added = stream.versions.slice(before.versions.length);
  if (options.json) return context.out(JSON.stringify({ stream: stream.stream, changed: change, added }));
  const lines = [
    ...Object.entries(change).map(([name, value]) => `${name}  ${shown(value)}`),
    ...added.flatMap(({ version, schemaId, changes }) => [
      `v${version}  schema ${schemaId}`,
      ...changes.map(({ text }) => `  ${text}`),
    ]),
  ];
  if (lines.length === 0) return context.out(`${stream.stream} has all ${stream.versions.length} versions already`);
  context.out(`${stream.stream}\n${lines.join('\n')}`);
}

const CHANGEABLE = ['title', 'sharing', 'visibility', 'retentionDays', 'contact', 'publishers'] as const;

/** What the folder says otherwise. */
function changeIn(stream: StreamResource, manifest: StreamManifest): ChangeStream {
  const changed = CHANGEABLE.filter((name) => shown(stream[name]) !== shown(manifest[name]));
  return Object.fromEntries(changed.map((name) => [name, manifest[name]]));
}

function requireSamePartitions({ stream, partitions }: StreamResource, manifest: StreamManifest): void {
  if (manifest.partitions === partitions) return;
  throw new CommandFailure(
    'failed',
    `${stream} has ${partitions} partitions, and its stream.yaml says ${manifest.partitions}`,
    `partitions do not change, for the order of events: write partitions: ${partitions}`,
  );
}

function shown(value: unknown): string {
  if (Array.isArray(value))
    return value
      .map(String)
      .toSorted((a, b) => (a < b ? -1 : 1))
      .join(', ');
  if (typeof value !== 'object' || value === null) return String(value);
  const { en, zh } = value as StreamManifest['title'];
  return `${en} ${zh}`;
}
