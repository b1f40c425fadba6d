import type { JsonValue } from './json.js';
import type { KnownTypes } from './known-types.js';
import type { Place } from './refusal.js';
import type { SchemaNode } from './schema-node.js';

/** What the reading of one part of a schema hands down to the parts below it. */
export interface Scope {
  known: KnownTypes;
  namespace: string | null;
  validateDefaults: boolean;
  parse(json: JsonValue, scope: Scope, at: Place): SchemaNode;
}
