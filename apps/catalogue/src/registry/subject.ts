import { AgencyId, StreamName, ViewTopic } from '@citystreams/contracts';

const SUFFIX = '-value';
const BEFORE_DOT = /^([^.]+)\../;

/**
 * What a subject is to the city. A stream's or a view's is its topic's name and `-value`; any other that begins with an
 * agency's name and a dot is that agency's own (keys, shared types).
 */
export type Subject =
  | { kind: 'stream'; stream: StreamName }
  | { kind: 'view'; topic: ViewTopic }
  | { kind: 'own'; agency: AgencyId };

/** Null for a name that no subject of ours can have. */
export function parseSubject(subject: string): Subject | null {
  if (subject.endsWith(SUFFIX)) {
    const topic = subject.slice(0, -SUFFIX.length);
    const stream = StreamName.safeParse(topic);
    if (stream.success) return { kind: 'stream', stream: stream.data };
    const view = ViewTopic.safeParse(topic);
    if (view.success) return { kind: 'view', topic: view.data };
  }
  const agency = AgencyId.safeParse(BEFORE_DOT.exec(subject)?.[1]);
  return agency.success ? { kind: 'own', agency: agency.data } : null;
}
