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
  test('are read as the plain reader reads them, 20,000 of them, and no other error comes out', () => {
    const { executions, records, faults } = fuzz(1, 20_000);
    expect(executions).toBe(20_000);
    expect(records).toBeGreaterThan(20_000);
    expect([...faults.keys()].sort()).toEqual(Object.keys(EVERY_CODE).sort());
  }, 120_000);
});
