import type { StreamName } from '@citystreams/contracts';

/** Which source partition, of which of the topics that ever had the name. */
export interface DeskPlace {
  readonly stream: StreamName;
  readonly partition: number;
  readonly topicId: string;
}
