import { describe, expect, test } from '@jest/globals';
import { LATE_SCHEMA_MS, verdictOn } from './verdict.js';

const now = Date.parse('2026-03-02T08:00:00Z');
const strange = { isForeign: false, timestamp: now, firstSeen: now };

describe('a record under an id that is no version of its stream', () => {
  test('is poison at once when the id belongs to another subject', () => {
    expect(verdictOn({ ...strange, isForeign: true }, now)).toBe('FOREIGN_SCHEMA_ID');
  });

  test('waits for an announcement as long as that may be late, counted from its own time', () => {
    expect(verdictOn(strange, now + LATE_SCHEMA_MS)).toBe('WAIT');
    expect(verdictOn(strange, now + LATE_SCHEMA_MS + 1)).toBe('UNKNOWN_SCHEMA_ID');
    expect(verdictOn({ ...strange, timestamp: now - LATE_SCHEMA_MS - 1 }, now)).toBe('UNKNOWN_SCHEMA_ID');
  });

  test('does not hold the partition for ever with a time in the future', () => {
    const future = { ...strange, timestamp: now + 86_400_000 };
    expect(verdictOn(future, now + LATE_SCHEMA_MS + 1)).toBe('UNKNOWN_SCHEMA_ID');
  });
});
