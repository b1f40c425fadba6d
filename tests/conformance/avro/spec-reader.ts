/**
 * Reads a value written with one schema as a value of another, by the words of the specification ("Schema Resolution"),
 * with the freedom they leave: of a reader's union any branch that can take the value will do. Values are those of avsc
 * with wrapped unions.
 */
import { branchName, isNamed, type RecordType, type SpecField, type SpecType } from './spec-type.js';

/** The value cannot be read. */
export class Unreadable extends Error {}

const PROMOTIONS: Record<string, readonly string[]> = {
  long: ['int'],
  float: ['int', 'long'],
  double: ['int', 'long', 'float'],
};

export function readAs(reader: SpecType, writer: SpecType, value: unknown): unknown {
  if (writer.kind === 'union') {
    const [branch, inner] = unwrapped(writer.branches, value);
    return readAs(reader, branch, inner);
  }
  if (reader.kind === 'union') return readAsAny(reader.branches, writer, value);
  if (isNamed(reader) && isNamed(writer) && !namesMatch(reader, writer)) throw new Unreadable('names');
  if (reader.kind === 'array' && writer.kind === 'array') {
    return (value as unknown[]).map((item) => readAs(reader.items, writer.items, item));
  }
  if (reader.kind === 'map' && writer.kind === 'map') {
    const entries = Object.entries(value as object);
    return Object.fromEntries(entries.map(([key, item]) => [key, readAs(reader.values, writer.values, item)]));
  }
  if (reader.kind === 'record' && writer.kind === 'record') return readRecord(reader, writer, value as object);
  if (reader.kind === 'enum' && writer.kind === 'enum') {
    if (reader.symbols.includes(value as string)) return value;
    if (reader.default !== undefined) return reader.default;
    throw new Unreadable('symbol');
  }
  if (reader.kind === 'fixed' && writer.kind === 'fixed' && reader.size !== writer.size) throw new Unreadable('size');
  if (reader.kind === 'bytes' && writer.kind === 'string') return Buffer.from(value as string);
  if (reader.kind === 'string' && writer.kind === 'bytes') return (value as Buffer).toString();
  if (reader.kind === writer.kind) return value;
  if (PROMOTIONS[reader.kind]?.includes(writer.kind) !== true) throw new Unreadable('type');
  return reader.kind === 'float' ? Math.fround(value as number) : value;
}

function unwrapped(branches: readonly SpecType[], value: unknown): [SpecType, unknown] {
  const name = value === null ? 'null' : Object.keys(value as object)[0];
  const branch = branches.find((type) => branchName(type) === name);
  if (branch === undefined) throw new TypeError('not a value of the union');
  return [branch, value === null ? null : (value as Record<string, unknown>)[name!]];
}

const wrapped = (branch: SpecType, value: unknown): unknown =>
  branch.kind === 'null' ? null : { [branchName(branch)]: value };

function readAsAny(branches: readonly SpecType[], writer: SpecType, value: unknown): unknown {
  for (const branch of branches) {
    try {
      return wrapped(branch, readAs(branch, writer, value));
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
    }
  }
  throw new Unreadable('branch');
}

const namesMatch = (reader: { name: string; aliases: string[] }, writer: { name: string; fullName: string }): boolean =>
  reader.name === writer.name || reader.aliases.includes(writer.fullName);

function readRecord(reader: RecordType, writer: RecordType, value: object): unknown {
  const written = value as Record<string, unknown>;
  return Object.fromEntries(
    reader.fields.map((field) => {
      const from = writer.fields.find(({ name }) => name === field.name || field.aliases.includes(name));
      return [field.name, from === undefined ? byDefault(field) : readAs(field.type, from.type, written[from.name])];
    }),
  );
}

function byDefault(field: SpecField): unknown {
  if (!('default' in field)) throw new Unreadable('default');
  return fromJson(field.type, field.default);
}

/** A default of a union may be of any branch. */
function fromJson(type: SpecType, json: unknown): unknown {
  if (type.kind === 'union') {
    const branch = type.branches.find((candidate) => fits(candidate, json));
    if (branch === undefined) throw new TypeError('not a default');
    return wrapped(branch, fromJson(branch, json));
  }
  if (type.kind === 'bytes' || type.kind === 'fixed') return Buffer.from(json as string, 'latin1');
  if (type.kind === 'float' || type.kind === 'double') {
    const number = Number(json);
    return type.kind === 'float' ? Math.fround(number) : number;
  }
  if (type.kind === 'array') return (json as unknown[]).map((item) => fromJson(type.items, item));
  if (type.kind === 'map') {
    return Object.fromEntries(Object.entries(json as object).map(([key, item]) => [key, fromJson(type.values, item)]));
  }
  if (type.kind !== 'record') return json;
  const given = json as Record<string, unknown>;
  return Object.fromEntries(
    type.fields.map((field) => [
      field.name,
      Object.hasOwn(given, field.name) ? fromJson(field.type, given[field.name]) : byDefault(field),
    ]),
  );
}

function fits(type: SpecType, json: unknown): boolean {
  switch (type.kind) {
    case 'null':
      return json === null;
    case 'boolean':
      return typeof json === 'boolean';
    case 'int':
      return typeof json === 'number' && (json | 0) === json;
    case 'long':
      return typeof json === 'number' && Number.isInteger(json);
    case 'float':
    case 'double':
      return typeof json === 'number';
    case 'array':
      return Array.isArray(json) && json.every((item) => fits(type.items, item));
    case 'map':
      return isObject(json) && Object.values(json).every((item) => fits(type.values, item));
    case 'union':
      return type.branches.some((branch) => fits(branch, json));
    case 'record':
      return (
        isObject(json) &&
        type.fields.every((field) =>
          Object.hasOwn(json, field.name) ? fits(field.type, json[field.name]) : 'default' in field,
        )
      );
    default:
      return typeof json === 'string';
  }
}

const isObject = (json: unknown): json is Record<string, unknown> =>
  typeof json === 'object' && json !== null && !Array.isArray(json);
