import {
  type AvroRecord,
  checkLevel,
  type LevelFinding,
  projectSchema,
  type ProjectionOptions,
  readSchema,
  type ResolvedSchema,
} from '@citystreams/avro';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { randomWriter } from './samples/schemas.js';
import { RecordedTape } from './samples/tape.js';
import { nextVersion } from './samples/versions.js';
import { randomView } from './samples/views.js';
import { WriterModel } from './samples/writer.model.js';

/** As in the projector's own properties. */
const RUNS = Number(process.env['AVRO_RUNS'] ?? 200);
/** A failing case is made smaller for a while, not for ever. */
const patience = RUNS > 1_000 ? {} : { interruptAfterTimeLimit: 60_000, markInterruptAsFailure: true };
const choices = fc.uint8Array({ minLength: 0, maxLength: 1_000, size: 'max' });

/** Throws where a schema is not one, its defaults included. */
function resolved(schema: AvroRecord): ResolvedSchema {
  const read = readSchema(JSON.stringify(schema));
  if (!read.ok) throw new Error(`${JSON.stringify(read.findings)} in ${JSON.stringify(schema)}`);
  return read.schema;
}

const differences = (one: AvroRecord, other: AvroRecord): LevelFinding[] =>
  checkLevel('FULL_TRANSITIVE', resolved(other), [{ version: 1, schema: resolved(one) }]);

function shown(writer: AvroRecord, { fields, masks }: ProjectionOptions): AvroRecord | null {
  try {
    return projectSchema(writer, fields, masks);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Whether the view has a type that the writer has not. */
const isNumbered = (view: AvroRecord, writer: AvroRecord): boolean =>
  namesIn(view).some((name) => !namesIn(writer).includes(name));

const namesIn = (schema: AvroRecord): string[] => JSON.stringify(schema).match(/"name":"Type\d+"/g) ?? [];

test('views of compatible versions have valid schemas that are compatible, whatever is dropped or masked', () => {
  let compared = 0;
  fc.assert(
    fc.property(choices, (bytes) => {
      const tape = new RecordedTape(bytes);
      const one = randomWriter(tape);
      const other = nextVersion(tape, one);
      const view = randomView(tape, new WriterModel(other));
      const [first, second] = [shown(one, view), shown(other, view)];
      if (first === null || second === null || differences(one, other).length > 0) return;
      // A type that is shown in two ways has a second name, by order: see docs/projector.md.
      if (isNumbered(first, one) || isNumbered(second, other)) return;
      compared += 1;
      expect(differences(first, second)).toEqual([]);
    }),
    { numRuns: RUNS, ...patience },
  );
  expect(compared).toBeGreaterThan(RUNS / 4);
});
