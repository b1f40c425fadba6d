import { StreamResource, type StreamTraffic } from '@citystreams/contracts';
import type { CommandContext, GlobalOptions } from '../context.js';
import { CommandFailure } from '../failure.js';
import { openGateway } from '../session/gateway.client.js';
import { table } from '../terminal/table.js';

/** Everything the account may know of one stream. @throws CommandFailure */
export async function showStream(context: CommandContext, name: string, options: GlobalOptions): Promise<void> {
  const client = await openGateway(context, options);
  const stream = await client.find(`/api/streams/${encodeURIComponent(name)}`, StreamResource);
  if (stream === null)
    throw new CommandFailure('failed', `there is no stream ${name}`, 'citystreams streams ls lists what there is');
  context.out(options.json ? JSON.stringify(stream) : streamText(stream, context.now()));
}

function trafficText({ records, newestAt, recordsPerSecond }: StreamTraffic, now: Date): string {
  if (newestAt === null) return 'no record yet';
  const age = agoText(now.getTime() - Date.parse(newestAt));
  return `${records} ${records === '1' ? 'record' : 'records'}, newest ${newestAt} (${age}), ${recordsPerSecond.toFixed(2)}/s`;
}

const UNITS = [
  ['day', 86_400],
  ['h', 3_600],
  ['min', 60],
] as const;

/** In the largest unit that there are at least two of. */
function agoText(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1_000));
  const [unit, length] = UNITS.find(([, of]) => seconds >= 2 * of) ?? ['s', 1];
  return `${Math.floor(seconds / length)} ${unit === 'day' ? 'days' : unit} ago`;
}

/** For people: what it is, its fields, how it changed, and one event that nobody published. */
function streamText(stream: StreamResource, now: Date): string {
  const { title, ownerName, traffic, consumers, retired } = stream;
  const facts: string[][] = [
    ['stream', stream.stream],
    ['title', `${title.en} ${title.zh}`],
    ['meaning', stream.description],
    ['owner', `${ownerName.en} ${ownerName.zh} (${stream.owner}), ${stream.contact}`],
    ['sharing', `${stream.level}, ${stream.sharing}, ${stream.visibility}`],
    ['key, time', `${stream.key}, ${stream.time ?? 'none of its own'}`],
    ['kept', `${stream.retentionDays} days in ${stream.partitions} partitions`],
    ['publishers', stream.publishers.join(', ')],
    ...(retired === null ? [] : [['retired', `${retired.at} by ${retired.by}: ${retired.reason}`]]),
    ...(traffic === null ? [] : [['traffic', trafficText(traffic, now)]]),
    ...(consumers === null ? [] : [['consumers', consumers.join(', ') || 'none yet']]),
  ];
  const fields = stream.fields.map(({ path, type, level, category, concept, doc }) => [
    path,
    type,
    level,
    category,
    concept ?? '',
    doc,
  ]);
  const versions = stream.versions.map(
    ({ version, schemaId, registeredAt, changes }) =>
      `  v${version}  schema ${schemaId}  ${registeredAt}${changes.map(({ text }) => `\n      ${text}`).join('')}`,
  );
  return [
    table(facts),
    `\n${table(fields, ['field', 'type', 'level', 'category', 'concept', 'meaning'])}`,
    `\nVersions\n${versions.join('\n')}`,
    `\nOne event that nobody published, made from the contract\n${JSON.stringify(stream.sample, null, 2)}`,
  ].join('\n');
}
