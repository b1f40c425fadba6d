/** The topic of a view: how it must be made, and whether it is so. */
import { isAtLeast, type Level, type ViewDefinition, type ViewTopic } from '@citystreams/contracts';
import type { TopicDescription } from '@citystreams/kafka';
import type { WantedTopic } from './platform-objects.js';

/** Kafka's own limit for a source is 1 MiB; a record of a view may be longer than its source's. */
const MOST_BYTES = 2 * 1_048_588;

export interface ViewOfTopic {
  topic: ViewTopic;
  partitions: number;
  level: Level;
  definition: ViewDefinition;
}

/**
 * Shared history keeps the source's time, so that retention counts from the event's publishing; from L3 on retention
 * counts from the moment of writing, because a view that begins at the grant holds nothing older.
 */
export const viewTopicFor = (view: ViewOfTopic): WantedTopic => ({
  name: view.topic,
  partitions: view.partitions,
  configs: {
    'cleanup.policy': 'delete',
    'retention.ms': String(view.definition.retentionMs),
    'message.timestamp.type': isAtLeast(view.level, 'L3') ? 'LogAppendTime' : 'CreateTime',
    'max.message.bytes': String(MOST_BYTES),
  },
});

/** What of a topic is not as it must be; null: nothing. */
export function flawOf(wanted: WantedTopic, found: TopicDescription): string | null {
  if (found.partitions !== wanted.partitions) {
    return `${wanted.name} has ${found.partitions} partitions, its source has ${wanted.partitions}`;
  }
  const wrong = Object.entries(wanted.configs).filter(([name, value]) => found.configs[name] !== value);
  if (wrong.length === 0) return null;
  return `${wanted.name}: ${wrong.map(([name, value]) => `${name} is ${found.configs[name] ?? 'unknown'}, not ${value}`).join(', ')}`;
}
