import { StreamResource } from '@citystreams/contracts';
import type { StreamFiles } from '@citystreams/schemas';
import type { CommandContext, GlobalOptions } from '../context.js';
import { CommandFailure } from '../failure.js';
import { type GatewayClient, openGateway } from '../session/gateway.client.js';
import { table } from '../terminal/table.js';
import { readStreamFolder } from './stream.files.js';

const TOPIC_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 250;

/**
 * Contract, topic and publishers of a stream in one go, from its folder; with all versions that lie there. Resolves when
 * the topic can be written to. Asked again for a stream that exists, it adds what is missing.
 *
 * @throws CommandFailure with every problem
 */
export async function createStream(context: CommandContext, folder: string, options: GlobalOptions): Promise<void> {
  const files = readStreamFolder(context, folder);
  const client = await openGateway(context, options);
  const path = `/api/streams/${files.stream}`;
  const existing = await client.find(path, StreamResource);
  const [first, ...more] = files.versions;
  if (existing === null)
    await client.post('/api/streams', { manifest: files.manifest, contract: first?.json }, StreamResource);
  for (const { json } of existing === null ? more : files.versions)
    await client.post(`${path}/versions`, { contract: json }, StreamResource);
  const stream = await topicReady(context, client, files);
  if (options.json) return context.out(JSON.stringify(stream));
  context.out(
    table([
      [existing === null ? 'created' : 'exists', stream.stream],
      ['topic', `${stream.stream}, ${stream.partitions} partitions, kept ${stream.retentionDays} days`],
      ['contract', stream.versions.map(({ version, schemaId }) => `v${version} = schema ${schemaId}`).join(', ')],
      ['level', `${stream.level}, ${stream.sharing}`],
      ['publishers', stream.publishers.join(', ')],
    ]),
  );
}

/** The owner sees its traffic as soon as the topic is there and its rights are in force. */
async function topicReady(
  context: CommandContext,
  client: GatewayClient,
  { stream }: StreamFiles,
): Promise<StreamResource> {
  const until = context.now().getTime() + TOPIC_WITHIN_MS;
  for (;;) {
    const seen = await client.get(`/api/streams/${stream}`, StreamResource);
    if (seen.traffic !== null || seen.retired !== null) return seen;
    if (context.now().getTime() > until)
      throw new CommandFailure(
        'failed',
        `${stream} is registered, but its topic is not there after ${TOPIC_WITHIN_MS / 1000} s`,
        'the platform team looks at the subscription service and Kafka; asking again is harmless',
      );
    await context.pause(LOOK_EVERY_MS);
  }
}
