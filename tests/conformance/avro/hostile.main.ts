/** Does all that the library does with one hostile schema after another, and prints a line of JSON about each. */
import {
  checkLevel,
  fingerprints,
  meaningChanges,
  normalise,
  type ResolvedSchema,
  readSchema,
  registryMessages,
  registryText,
} from '@citystreams/avro';
import { HOSTILE } from './hostile-texts.js';

export interface HostileAnswer {
  name: string;
  /** Null for a schema that was taken. */
  refusal: string | null;
  milliseconds: number;
}

/** With itself, and with something else altogether. */
function useAll(schema: ResolvedSchema): void {
  fingerprints(schema);
  registryText(schema);
  normalise(schema);
  meaningChanges(schema, schema);
  const other = readSchema('{"type":"record","name":"R","fields":[{"name":"f","type":["null","R"]}]}');
  const existing = [...(other.ok ? [other.schema] : []), schema].map((old, i) => ({ version: i + 1, schema: old }));
  registryMessages(checkLevel('FULL_TRANSITIVE', schema, existing), existing, 'FULL_TRANSITIVE');
}

for (const [name, textOf] of Object.entries(HOSTILE)) {
  const text = textOf();
  const started = performance.now();
  const result = readSchema(text);
  if (result.ok) useAll(result.schema);
  const milliseconds = Math.round(performance.now() - started);
  const refusal = result.ok ? null : (result.findings[0]?.message ?? '');
  process.stdout.write(`${JSON.stringify({ name, refusal, milliseconds } satisfies HostileAnswer)}\n`);
}
