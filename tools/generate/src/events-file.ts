import { ownerOf, type StreamName } from '@citystreams/contracts';
import type { AvroRecord } from '@citystreams/avro';
import { eventTypes } from './event-types.js';

export interface Event {
  stream: StreamName;
  record: AvroRecord;
}

const HEADER = '// Generated from schemas/ by `npm run generate`. Do not edit.\n';
const VALUES = ['bytesValue', 'decimalValue', 'doubleValue', 'type Long', 'longValue', 'ticksValue'];

/** The whole file of event types. */
export function eventsFile(events: readonly Event[]): string {
  const names = namesOf(events);
  const body = events.map(({ stream, record }, i) => `// ${stream}\n\n${eventTypes(record, names[i])}`).join('\n');
  const used = VALUES.filter((value) => new RegExp(`\\b${value.replace('type ', '')}\\b`).test(body));
  const imports = [
    "import { z } from 'zod';",
    ...(used.length === 0 ? [] : [`import { ${used.join(', ')} } from '../event-values.js';`]),
  ];
  return `${HEADER}${imports.join('\n')}\n\n${body}`;
}

/** The event's own name; where two agencies use the same one, the agency stands before it. */
export function namesOf(events: readonly Event[]): string[] {
  const counts = Map.groupBy(events, ({ record }) => simpleName(record));
  return events.map(({ stream, record }) => {
    const name = simpleName(record);
    return (counts.get(name)?.length ?? 0) > 1 ? `${inCapitals(ownerOf(stream))}${name}` : name;
  });
}

const simpleName = (record: AvroRecord): string => record.name.slice(record.name.lastIndexOf('.') + 1);

const inCapitals = (agency: string): string =>
  agency
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
