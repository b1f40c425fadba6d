/**
 * The Confluent wire format of a record's value:
 *
 *     0      1..4                 5..
 *     0x00 | schema id, int32 BE | Avro binary
 */
const MAGIC = 0;
const HEADER_BYTES = 5;

export interface Frame {
  schemaId: number;
  body: Buffer;
}

export function frameOf(schemaId: number, body: Buffer): Buffer {
  const value = Buffer.allocUnsafe(HEADER_BYTES + body.length);
  value[0] = MAGIC;
  value.writeInt32BE(schemaId, 1);
  body.copy(value, HEADER_BYTES);
  return value;
}

/** The frame of a value, or null when the value is not one (too short, or another first byte). The body is not copied. */
export function readFrame(value: Buffer): Frame | null {
  if (value.length < HEADER_BYTES || value[0] !== MAGIC) return null;
  return { schemaId: value.readInt32BE(1), body: value.subarray(HEADER_BYTES) };
}
