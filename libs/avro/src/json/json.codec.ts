/**
 * Avro binary as JSON for people and scripts, and back, without losing a digit.
 *
 * | Avro | JSON |
 * |---|---|
 * | long | a number, beyond 2^53 its digits in a string |
 * | float, double | a number; `"NaN"`, `"Infinity"`, `"-Infinity"` |
 * | decimal | its digits in a string, `"12.30"`; read also from a number as it is written |
 * | timestamp-*, local-timestamp-*, date, time-* | ISO 8601 to the unit; outside of the years 0000 to 9999 the bare number; read from both |
 * | uuid; duration | text; `{"months", "days", "millis"}` |
 * | bytes, fixed | base64 |
 * | union | the bare value where its JSON tells the branches apart, else `{"<name of the branch>": value}` |
 *
 * Reading back what was written gives the same value in Avro's shortest bytes; only a decimal whose bytes hold more digits
 * than its precision is shown and not taken back. Where a member is missing, the field's default is taken.
 */
import type { AvroType } from '../schema.js';
import { bytesOf, type JsonViolation } from './json.value.js';
import { textOf } from './json.text.js';
import { nodeOf } from './node.js';
import { parseExactJson } from './numeral.js';

export type JsonBytes = { ok: true; body: Buffer } | { ok: false; violations: JsonViolation[] };

export interface JsonCodec {
  /** Throws RangeError where the bytes are not exactly one value of the schema. */
  toJson(body: Buffer): string;
  /** Every reason at once where it does not fit. */
  fromJson(text: string): JsonBytes;
  /** A value parsed already; with `parseExactJson`, so that numbers kept their digits. */
  fromValue(value: unknown): JsonBytes;
}

/** Throws RangeError for what is no schema. */
export function openJsonCodec(schema: AvroType): JsonCodec {
  const node = nodeOf(schema);
  return {
    toJson: (body) => textOf(node, body),
    fromValue: (value) => bytesOf(node, value),
    fromJson: (text) => {
      let value: unknown;
      try {
        value = parseExactJson(text);
      } catch {
        return { ok: false, violations: [{ path: '', expected: 'JSON', found: 'other text' }] };
      }
      return bytesOf(node, value);
    },
  };
}
