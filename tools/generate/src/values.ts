/** What a type of Avro is in TypeScript and in zod, as the codec of libs/avro gives and takes it. */
import type { AvroObject } from '@citystreams/avro';

export interface Value {
  /** TypeScript. */
  type: string;
  /** zod. */
  schema: string;
  /** How JavaScript sees it; two branches of one bucket make a union ambiguous. */
  bucket: 'null' | 'boolean' | 'number' | 'string' | 'buffer' | 'array' | 'object' | 'union';
  /** Its name in Avro, which wraps it in an ambiguous union. */
  avro: string;
  /** Of a logical type that the codec knows; those make no union ambiguous. */
  logical?: boolean;
}

const long: Value = { type: 'Long', schema: 'longValue', bucket: 'number', avro: 'long' };
const PRIMITIVES: Readonly<Record<string, Value>> = {
  null: { type: 'null', schema: 'z.null()', bucket: 'null', avro: 'null' },
  boolean: { type: 'boolean', schema: 'z.boolean()', bucket: 'boolean', avro: 'boolean' },
  int: { type: 'number', schema: 'z.int32()', bucket: 'number', avro: 'int' },
  long,
  float: { type: 'number', schema: 'doubleValue', bucket: 'number', avro: 'float' },
  double: { type: 'number', schema: 'doubleValue', bucket: 'number', avro: 'double' },
  bytes: { type: 'Uint8Array', schema: 'bytesValue(null)', bucket: 'buffer', avro: 'bytes' },
  string: { type: 'string', schema: 'z.string()', bucket: 'string', avro: 'string' },
};

/** Below 2^53 in every year that a calendar has. */
const EXACT_TICKS = /^(?:(?:local-)?timestamp-(?:millis|micros)|time-micros)$/;

export const primitiveValue = (name: string): Value | null => PRIMITIVES[name] ?? null;

/** Null where the logical type changes nothing. */
export function logicalValue(type: AvroObject): Value | null {
  const { logicalType = '', precision, scale = 0 } = type as AvroObject & { precision?: unknown; scale?: unknown };
  if (type.type === 'long' && EXACT_TICKS.test(logicalType)) return { ...long, type: 'number', schema: 'ticksValue' };
  const holds = type.type === 'bytes' || type.type === 'fixed';
  if (logicalType !== 'decimal' || !holds || !Number.isInteger(precision) || !Number.isInteger(scale)) return null;
  if (Number(precision) < 1 || Number(scale) < 0 || Number(scale) > Number(precision)) return null;
  return {
    type: 'string',
    schema: `decimalValue(${Number(precision)}, ${Number(scale)})`,
    bucket: 'string',
    avro: type.name ?? 'bytes',
    logical: true,
  };
}
