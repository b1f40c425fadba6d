/** An event as declarations of TypeScript: one for the record and one for each record inside it, inner ones first. */
import type { AvroObject, AvroRecord, AvroType } from '@citystreams/avro';
import { logicalValue, primitiveValue, type Value } from './values.js';

export interface Member {
  name: string;
  doc: string | undefined;
  value: Value;
  /** Refers to a record whose declaration is not finished: one that holds itself. */
  late: boolean;
}

export interface Declaration {
  name: string;
  /** Of the zod schema: the event's own name, or that of a record inside, which nobody else is given. */
  schema: string;
  doc: string | undefined;
  members: Member[];
}

/** @param name of the event's own declaration; records inside are called after the way to them */
export function declarationsOf(record: AvroRecord, name: string): Declaration[] {
  const model = new EventModel();
  model.record(record, name, '');
  return model.declarations;
}

class EventModel {
  readonly declarations: Declaration[] = [];
  private readonly named = new Map<string, Value>();
  private readonly open = new Set<string>();

  record(record: AvroRecord | AvroObject, name: string, namespace: string): Value {
    const full = fullName(record, namespace);
    const inner = full.slice(0, Math.max(0, full.lastIndexOf('.')));
    const schema = this.open.size === 0 ? name : name.charAt(0).toLowerCase() + name.slice(1);
    const value: Value = { type: name, schema, bucket: 'object', avro: full };
    this.named.set(full, value);
    this.open.add(schema);
    const members = (record.fields ?? []).map((field): Member => {
      const unit = unitOf(field.type);
      const doc = [field.doc, unit].filter((text) => text !== undefined).join(' ');
      const held = this.value(field.type, name, inner);
      return { name: field.name, doc: doc === '' ? undefined : doc, value: held, late: this.isLate(held) };
    });
    this.open.delete(schema);
    this.declarations.push({ name, schema, doc: record.doc, members });
    return value;
  }

  /** @param owner the declaration that the value is in: records below are named after it */
  private value(type: AvroType, owner: string, namespace: string): Value {
    if (typeof type === 'string') return primitiveValue(type) ?? this.reference(type, namespace);
    if (Array.isArray(type)) return unionOf(type.map((branch) => this.value(branch, owner, namespace)));
    if (typeof type.type !== 'string') return this.value(type.type, owner, namespace);
    switch (type.type) {
      case 'record':
      case 'error':
        return this.record(type, `${owner}${lastWord(type.name)}`, namespace);
      case 'array': {
        const { type: item, schema } = this.value(type.items ?? 'null', owner, namespace);
        return { type: `(${item})[]`, schema: `z.array(${schema})`, bucket: 'array', avro: 'array' };
      }
      case 'map': {
        const { type: item, schema } = this.value(type.values ?? 'null', owner, namespace);
        return {
          type: `Record<string, ${item}>`,
          schema: `z.record(z.string(), ${schema})`,
          bucket: 'object',
          avro: 'map',
        };
      }
      case 'enum':
      case 'fixed': {
        const full = fullName(type, namespace);
        const value = { ...namedValue(type), avro: full };
        this.named.set(full, value);
        return value;
      }
      default:
        return logicalValue(type) ?? this.value(type.type, owner, namespace);
    }
  }

  private reference(reference: string, namespace: string): Value {
    const inside = reference.includes('.') || namespace === '' ? reference : `${namespace}.${reference}`;
    const found = this.named.get(inside) ?? this.named.get(reference);
    if (found === undefined) throw new Error(`an event refers to ${reference}, which it does not define before`);
    return found;
  }

  private isLate({ schema }: Value): boolean {
    return [...this.open].some((name) => new RegExp(`\\b${name}\\b`).test(schema));
  }
}

/**
 * A union is bare where the codec tells its branches apart by the value, else wrapped as `{"<branch>": value}`; the codec
 * goes by what JavaScript sees: two numbers, two strings, two objects cannot be told apart.
 */
function unionOf(branches: readonly Value[]): Value {
  const buckets = branches.filter(({ logical }) => logical !== true).map(({ bucket }) => bucket);
  const wrapped = new Set(buckets).size < buckets.length;
  const shown = branches.map((branch) => (wrapped && branch.bucket !== 'null' ? wrap(branch) : branch));
  return {
    type: shown.map(({ type }) => type).join(' | '),
    schema: `z.union([${shown.map(({ schema }) => schema).join(', ')}])`,
    bucket: 'union',
    avro: 'union',
  };
}

const wrap = ({ type, schema, avro, bucket }: Value): Value => ({
  type: `{ '${avro}': ${type} }`,
  schema: `z.strictObject({ '${avro}': ${schema} })`,
  bucket,
  avro,
});

function namedValue(type: AvroObject): Omit<Value, 'avro'> {
  const logical = logicalValue(type);
  if (logical !== null) return logical;
  if (type.type === 'fixed')
    return { type: 'Uint8Array', schema: `bytesValue(${Number(type.size)})`, bucket: 'buffer' };
  const symbols = (type.symbols ?? []).map((symbol) => `'${symbol}'`);
  return { type: symbols.join(' | '), schema: `z.enum([${symbols.join(', ')}])`, bucket: 'string' };
}

/** What the number of a logical type counts. */
function unitOf(type: AvroType): string | undefined {
  if (Array.isArray(type)) return type.map(unitOf).find((unit) => unit !== undefined);
  if (typeof type === 'string') return undefined;
  if (typeof type.type !== 'string') return unitOf(type.type);
  return type.logicalType === undefined ? undefined : UNITS[type.logicalType];
}

const UNITS: Readonly<Record<string, string>> = {
  'timestamp-millis': '(Milliseconds since 1970, UTC.)',
  'timestamp-micros': '(Microseconds since 1970, UTC.)',
  'timestamp-nanos': '(Nanoseconds since 1970, UTC.)',
  'local-timestamp-millis': '(Milliseconds since 1970, local time.)',
  'local-timestamp-micros': '(Microseconds since 1970, local time.)',
  'local-timestamp-nanos': '(Nanoseconds since 1970, local time.)',
  date: '(Days since 1970-01-01.)',
  'time-millis': '(Milliseconds after midnight.)',
  'time-micros': '(Microseconds after midnight.)',
  decimal: '(Its digits, never a float.)',
};

function fullName(type: AvroObject, inherited: string): string {
  const name = type.name ?? '';
  if (name.includes('.')) return name;
  const namespace = type.namespace ?? inherited;
  return namespace === '' ? name : `${namespace}.${name}`;
}

const lastWord = (name: string | undefined): string => (name ?? '').slice((name ?? '').lastIndexOf('.') + 1);
