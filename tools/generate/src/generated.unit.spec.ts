/** What was generated, held against what the codec reads: every event of every contract passes its own schema. */
import { join } from 'node:path';
import { compileCodec, openJsonCodec, sampleOf } from '@citystreams/avro';
import * as contracts from '@citystreams/contracts';
import { readCityRules, readSchemas } from '@citystreams/schemas';
import { describe, expect, test } from '@jest/globals';

interface Schema {
  parse(value: unknown): unknown;
  safeParse(value: unknown): { success: boolean };
}

const ROOT = join(import.meta.dirname, '../../..');
const streams = readSchemas(join(ROOT, 'schemas'), readCityRules(join(ROOT, 'policy')));

describe.each(streams.map((stream) => [stream.stream, stream] as const))('%s', (_, { versions }) => {
  const contract = versions.at(-1)?.contract;
  if (contract === undefined) throw new Error('a stream without a version');
  const schema = (contracts as unknown as Record<string, Schema>)[contract.record.name];

  test('has a schema that takes its events, as they are', () => {
    const json = openJsonCodec(contract.record).fromValue(sampleOf(contract));
    if (!json.ok) throw new Error(JSON.stringify(json.violations));
    const event = compileCodec(contract.record).decode(json.body);
    expect(schema?.parse(event)).toEqual(event);
  });

  test('has a schema that refuses what does not fit', () => {
    expect(schema?.safeParse({}).success).toBe(false);
    expect(schema?.safeParse(null).success).toBe(false);
  });
});
