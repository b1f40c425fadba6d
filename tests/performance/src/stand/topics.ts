/** Topics of a measurement: made with four partitions and kept for ever, because events carry old times. */
import { quarantineTopicOf, type StreamName } from '@citystreams/contracts';
import { PARTITIONS } from '../workload/workload.js';
import { ROUTER, type Stand } from './stand.js';

/** A broker that deletes by size keeps a long measurement off a full disk. */
export interface TopicSize {
  readonly retentionBytes?: number;
}

export async function makeTopics(stand: Stand, names: readonly string[], size: TopicSize = {}): Promise<void> {
  const configs = {
    'cleanup.policy': 'delete',
    'retention.ms': '-1',
    'message.timestamp.type': 'CreateTime',
    'max.message.bytes': String(2 * 1_048_588),
    ...(size.retentionBytes !== undefined && {
      'retention.bytes': String(size.retentionBytes),
      'segment.bytes': String(Math.max(1 << 24, size.retentionBytes >> 2)),
    }),
  };
  for (const name of names) await stand.admin.createTopic({ name, partitions: PARTITIONS, configs });
  for (const name of names) await stand.admin.waitForTopic(name);
}

/** A source with its quarantine, readable by the router. */
export async function makeStream(stand: Stand, stream: StreamName, size: TopicSize = {}): Promise<void> {
  await makeTopics(stand, [stream, quarantineTopicOf(stream)], size);
  const rule = {
    principal: `User:${ROUTER}`,
    resourceType: 'topic',
    resourceName: stream,
    pattern: 'literal',
  } as const;
  await stand.admin.allow([
    { ...rule, operation: 'read', permission: 'allow' },
    { ...rule, operation: 'describe', permission: 'allow' },
  ]);
}

export async function removeTopics(stand: Stand, names: readonly string[]): Promise<void> {
  for (const name of names) await stand.admin.deleteTopic(name);
}
