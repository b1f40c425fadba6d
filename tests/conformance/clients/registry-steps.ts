/** Steps that only some clients have a call for. */
import type { Step } from './registry-rules.js';

/** Of @kafkajs/confluent-schema-registry, which sets and compares levels itself and has errors of its own. */
export const KAFKAJS_ONLY = [
  'registering with a level',
  'registering again with this level',
  'registering with another level than was set',
  'message of an unknown subject',
  'message of an unknown schema',
  'odd name found',
] as const satisfies readonly Step[];

/** What only clients that speak plain HTTP, or franz-go, ask for. */
export const RARELY_ASKED = [
  'text by id',
  'ids of a guid',
  'all schemas',
  'level by default',
  'messages of what is incompatible',
] as const satisfies readonly Step[];
