import { StreamName, ViewTopic } from '@citystreams/contracts';

const SUFFIX = '-value';

/** A subject is a topic's name and `-value`; keys have no schema here. */
export type Subject = { kind: 'stream'; stream: StreamName } | { kind: 'view'; topic: ViewTopic };

/** Null for a name that no subject of ours can have. */
export function parseSubject(subject: string): Subject | null {
  if (!subject.endsWith(SUFFIX)) return null;
  const topic = subject.slice(0, -SUFFIX.length);
  const stream = StreamName.safeParse(topic);
  if (stream.success) return { kind: 'stream', stream: stream.data };
  const view = ViewTopic.safeParse(topic);
  return view.success ? { kind: 'view', topic: view.data } : null;
}
