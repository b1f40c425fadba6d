/**
 * The logical type that the Java library sees in a schema (LogicalTypes.fromSchemaIgnoreInvalid): one that it does not
 * know, or that does not fit the type below it, is only an attribute.
 */
import type { FixedNode, PrimitiveNode, SchemaNode } from './schema-node.js';

export interface LogicalType {
  name: string;
  /** Of `decimal` only. */
  decimal?: { precision: number; scale: number };
}

const TIMES = ['timestamp', 'local-timestamp'].flatMap((time) => [`${time}-millis`, `${time}-micros`, `${time}-nanos`]);

/** The logical types with the types they may stand on; `fixed` means one of the right size. */
const BASES: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['date', ['int']],
  ['time-millis', ['int']],
  ['time-micros', ['long']],
  ...TIMES.map((time) => [time, ['long']] as [string, string[]]),
  ['big-decimal', ['bytes']],
  ['uuid', ['string', 'fixed 16']],
  ['duration', ['fixed 12']],
]);

/** Attributes of Java classes that rule out a logical type. */
const NOT_WITH = ['avro.java.string', 'java-class', 'java-key-class', 'java-element-class'];

export function logicalTypeOf(node: SchemaNode): LogicalType | null {
  if (node.kind === 'union') return null;
  const { properties } = node;
  const name = properties.get('logicalType');
  if (typeof name !== 'string') return null;
  if (NOT_WITH.some((attribute) => typeof properties.get(attribute) === 'string')) return null;
  if (name === 'decimal') return node.kind === 'bytes' || node.kind === 'fixed' ? decimalOf(node) : null;
  const base = node.kind === 'fixed' ? `fixed ${node.size}` : node.kind;
  return BASES.get(name)?.includes(base) === true ? { name } : null;
}

function decimalOf(node: PrimitiveNode | FixedNode): LogicalType | null {
  const precision = intIn(node.properties, 'precision');
  const scale = node.properties.has('scale') ? intIn(node.properties, 'scale') : 0;
  if (precision === null || scale === null) return null;
  const most = node.kind === 'fixed' ? Math.floor(Math.log10(2) * (8 * node.size - 1)) : Number.POSITIVE_INFINITY;
  const fits = precision > 0 && precision <= most && scale >= 0 && scale <= precision;
  return fits ? { name: 'decimal', decimal: { precision, scale } } : null;
}

function intIn(properties: ReadonlyMap<string, unknown>, name: string): number | null {
  const value = properties.get(name);
  return typeof value === 'bigint' && BigInt.asIntN(32, value) === value ? Number(value) : null;
}
