/**
 * Headers of a view's record: CloudEvents attributes from an allow-list (binary mode of the CloudEvents Kafka protocol
 * binding 1.0), everything else stays behind. From L3 on, what could link or locate a person is replaced.
 */
import { isAtLeast, type Level, ownerOf, type StreamName } from '@citystreams/contracts';
import { keyedId } from './view-key.js';

type Headers = [string, Buffer][];

const ALLOWED = new Set(['ce_specversion', 'ce_type', 'ce_source', 'ce_id', 'ce_time', 'content-type']);

export interface HeaderTreatment {
  stream: StreamName;
  /** Full name of the contract's record: what `ce_type` says. */
  type: string;
  /** Level of the stream, not of the fields asked for: an event's id can say more than the fields do. */
  level: Level;
  key: Buffer;
}

export const isLinkable = (level: Level): boolean => !isAtLeast(level, 'L3');

/** `time` is the event's own time as the view shows it, or null when the view does not keep that field. */
export function viewHeaders(source: Headers, time: number | null, treatment: HeaderTreatment): Headers {
  if (isLinkable(treatment.level)) return source.filter(([name]) => ALLOWED.has(name) || name === 'traceparent');
  const headers: Headers = [
    ['ce_specversion', Buffer.from('1.0')],
    ['ce_type', Buffer.from(treatment.type)],
    ['ce_source', Buffer.from(`urn:citystreams:${ownerOf(treatment.stream)}`)],
  ];
  const id = source.find(([name]) => name === 'ce_id');
  if (id !== undefined) headers.push(['ce_id', Buffer.from(keyedId(treatment.key, id[1]))]);
  if (time !== null) headers.push(['ce_time', Buffer.from(new Date(time).toISOString())]);
  headers.push(['content-type', Buffer.from('application/avro')]);
  return headers;
}
