import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import type { RecordBatchErrorCode } from '../record-batch.error.js';
import { fuzz } from './fuzz.js';

const EVERY_CODE: Record<RecordBatchErrorCode, true> = {
  BATCH_LENGTH: true,
  BATCH_OFFSETS: true,
  MAGIC: true,
  CRC: true,
  CODEC: true,
  COMPRESSED_DATA: true,
  DECOMPRESSED_SIZE: true,
  RECORD_LENGTH: true,
  VARINT: true,
  FIELD_LENGTH: true,
  RECORD_OFFSET: true,
  TIMESTAMP: true,
  HEADER_COUNT: true,
  TRAILING_BYTES: true,
};

describe('damaged answers', () => {
  test('are read as the plain reader reads them, 10,000 of them, and no other error comes out', async () => {
    const seen = new Set<string>();
    let records = 0;
    for (let seed = 1; seed <= 5; seed++) {
      const count = fuzz(seed, 2000);
      records += count.records;
      for (const code of count.faults.keys()) seen.add(code);
      await setImmediate();
    }
    expect(records).toBeGreaterThan(10_000);
    expect([...seen].sort()).toEqual(Object.keys(EVERY_CODE).sort());
  }, 120_000);
});
