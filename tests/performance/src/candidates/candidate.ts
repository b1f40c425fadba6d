import type { GuardedChild } from '@citystreams/stack';
import type { Stand } from '../stand/stand.js';
import type { TopicSize } from '../stand/topics.js';
import type { BenchView } from '../workload/workload.js';

/** What a candidate is asked to do: the same for all of them. */
export interface Task {
  readonly stand: Stand;
  readonly source: string;
  readonly views: readonly BenchView[];
  readonly commitMs: number;
  readonly codec: Codec;
  /** How long view topics keep what is written. */
  readonly size: TopicSize;
}

export const CODECS = ['none', 'lz4'] as const;
export type Codec = (typeof CODECS)[number];

export interface Running {
  readonly processes: readonly GuardedChild[];
  /** Groups whose committed positions say how far it has got. */
  readonly groups: readonly string[];
  readonly logFiles: readonly string[];
}

/** A program that makes views of a source. */
export interface Candidate {
  readonly name: string;
  /** Where it writes the view. */
  readonly topicOf: (view: BenchView) => string;
  /** What it needs before the source is filled; the source holds a few events by then. */
  prepare(task: Task): Promise<void>;
  start(task: Task): Promise<Running>;
}
