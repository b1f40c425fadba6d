/**
 * Avro binary of one schema, through `avsc`. `long` values are numbers while they are exact and bigints beyond 2^53, a
 * decimal is its digits in a string.
 */
import avsc from 'avsc';
import { DecimalType } from './decimal.type.js';
import type { AvroType } from './schema.js';

export interface Violation {
  /** Path of the field in the event, joined by dots; empty for the event itself. */
  path: string;
  expected: string;
  /** Kind of the value found, never the value: it may be personal. */
  found: string;
}

export interface Codec {
  /** Throws RangeError when the value does not fit; ask `check` first for the reasons. */
  encode(value: unknown): Buffer;
  /** Throws RangeError on truncated, trailing or otherwise impossible bytes. */
  decode(body: Buffer): unknown;
  /** Everything in the value that does not fit the schema; empty when it fits. */
  check(value: unknown): Violation[];
}

const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** Longs as exact numbers where they can be, bigint where not. */
const exactLong = avsc.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => {
    const value = bytes.readBigInt64LE();
    return value <= SAFE && value >= -SAFE ? Number(value) : value;
  },
  toBuffer: (value: number | bigint) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(value));
    return bytes;
  },
  fromJSON: (value: number | string) => (typeof value === 'string' ? BigInt(value) : value),
  toJSON: (value: number | bigint) => (typeof value === 'bigint' ? value.toString() : value),
  isValid: isLong,
  compare: (a: number | bigint, b: number | bigint) => (a === b ? 0 : a < b ? -1 : 1),
});

function isLong(value: unknown): boolean {
  if (typeof value === 'bigint') return BigInt.asIntN(64, value) === value;
  return typeof value === 'number' && Number.isSafeInteger(value);
}

const isLongSchema = (schema: unknown): boolean =>
  schema === 'long' ||
  (typeof schema === 'object' && schema !== null && (schema as { type?: unknown }).type === 'long');

/**
 * The `avsc` type of a schema. Unions are plain where their branches can be told apart by the value; a union that
 * cannot is wrapped as Avro's JSON encoding does ({"string": "x"}).
 */
export function compileType(schema: AvroType): avsc.Type {
  return avsc.Type.forSchema(structuredClone(schema) as avsc.Schema, {
    typeHook: (part, options) => {
      if (isLongSchema(part)) return exactLong;
      return needsWrapping(part) ? new avsc.types.WrappedUnionType(part, options) : undefined;
    },
    logicalTypes: { decimal: DecimalType },
    noAnonymousTypes: false,
    omitRecordMethods: true,
  });
}

const NUMBERS: readonly unknown[] = ['int', 'float', 'double'];

/** A union of `long` and another number: 5 could be either, and the library does not see it for a type of our own. */
function needsWrapping(part: unknown): boolean {
  if (!Array.isArray(part) || !part.some(isLongSchema)) return false;
  return part.some((branch: unknown) =>
    NUMBERS.includes(typeof branch === 'object' && branch !== null ? (branch as { type?: unknown }).type : branch),
  );
}

export function compileCodec(schema: AvroType): Codec {
  const type = compileType(schema);
  return {
    encode: (value) => {
      if (!type.isValid(value)) throw new RangeError('the value does not fit the schema');
      return type.toBuffer(value);
    },
    decode: (body) => {
      try {
        return type.fromBuffer(body);
      } catch (error) {
        throw new RangeError('the bytes are not one value of the schema', { cause: error });
      }
    },
    check: (value) => {
      const violations: Violation[] = [];
      type.isValid(value, {
        errorHook: (path, found, expected) => {
          violations.push({ path: path.join('.'), expected: describe(expected), found: kindOf(found) });
        },
      });
      return [...violations, ...undeclared(type, value, '')];
    },
  };
}

/**
 * Whether a value of a plain union is of that branch. `isValid` alone takes lists and bytes for a record whose fields
 * all have defaults.
 */
export const isOfBranch = (type: avsc.Type, value: unknown): boolean =>
  Array.isArray(value) === type instanceof avsc.types.ArrayType &&
  Buffer.isBuffer(value) === (type instanceof avsc.types.BytesType || type instanceof avsc.types.FixedType) &&
  type.isValid(value);

/** Members of records that the schema does not have: `isValid` can only say that there are some, not which. */
function undeclared(type: avsc.Type, value: unknown, path: string): Violation[] {
  if (typeof value !== 'object' || value === null) return [];
  const below = (name: string): string => (path === '' ? name : `${path}.${name}`);
  if (type instanceof avsc.types.RecordType) {
    return Object.entries(value).flatMap(([name, inner]) => {
      const field = type.field(name);
      if (field === undefined) return [{ path: below(name), expected: 'no such field', found: kindOf(inner) }];
      return undeclared(field.type, inner, below(name));
    });
  }
  if (type instanceof avsc.types.ArrayType && Array.isArray(value)) {
    return value.flatMap((item, i) => undeclared(type.itemsType, item, below(String(i))));
  }
  if (type instanceof avsc.types.MapType) {
    return Object.entries(value).flatMap(([key, item]) => undeclared(type.valuesType, item, below(key)));
  }
  if (type instanceof avsc.types.UnwrappedUnionType) {
    const branch = type.types.find((t) => isOfBranch(t, value));
    return branch === undefined ? [] : undeclared(branch, value, path);
  }
  return [];
}

function describe(type: avsc.Type): string {
  if (type instanceof DecimalType) return type.inWords();
  const schema: unknown = type.schema();
  const text = typeof schema === 'string' ? schema : JSON.stringify(schema);
  const name = type.typeName;
  if (name.startsWith('union'))
    return (JSON.parse(text) as unknown[]).map((b) => (typeof b === 'string' ? b : kindOfSchema(b))).join(' or ');
  return name.startsWith('logical') ? kindOfSchema(JSON.parse(text)) : (type.name ?? name.replace('abstract:', ''));
}

function kindOfSchema(schema: unknown): string {
  if (typeof schema !== 'object' || schema === null) return String(schema);
  const s = schema as { type?: unknown; name?: unknown; logicalType?: unknown };
  return String(s.name ?? s.logicalType ?? s.type);
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (Buffer.isBuffer(value)) return 'bytes';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}
