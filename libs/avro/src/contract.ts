/**
 * A contract: an Avro record that says more than types. The record names its key field (`key`) and, where there is
 * one, the field that holds the event's own time (`time`); every field at any depth has a `doc`, a `classification`
 * and, where the city has a word for what it means, a `concept`.
 */
import { type FieldInfo, type Finding, highest, type Level } from '@citystreams/contracts';
import avsc from 'avsc';
import { collectFields } from './contract.fields.js';
import { type AvroRecord, isObject } from './schema.js';

/** Deeper than any event; keeps a hostile contract from exhausting the stack. */
const DEEPEST_JSON = 128;

export interface Contract {
  /** The schema as JSON text, attributes included: what is registered. */
  schema: string;
  record: AvroRecord;
  key: string;
  time: string | null;
  /** Every field at any depth, in the order of the contract; nested paths are joined by dots. */
  fields: FieldInfo[];
  /** JSON path of the declaration of each field, by the field's path. */
  places: ReadonlyMap<string, string>;
  level: Level;
}

/** What can be compared with other versions, also of a contract that has problems. */
export type ComparableContract = Pick<Contract, 'record' | 'fields' | 'places'>;

/** `readable`: what could be read all the same; null where it is no Avro record. */
export type ContractResult =
  | { ok: true; contract: Contract }
  | { ok: false; findings: Finding[]; readable: ComparableContract | null };

/** Reads a contract and reports every problem of it at once, each with its JSON path and what to do about it. */
export function parseContract(json: unknown): ContractResult {
  if (!isObject(json) || json.type !== 'record' || !Array.isArray(json.fields)) {
    return refused('a contract is an Avro record', 'write {"type": "record", "name": ..., "fields": [...]}');
  }
  const record = json as unknown as AvroRecord;
  const invalid = schemaProblem(record);
  if (invalid !== null) return refused(invalid, 'make it a schema of the Avro specification 1.12');
  const findings: Finding[] = [];
  if (typeof record.doc !== 'string' || record.doc.trim() === '')
    findings.push({ field: '$.doc', message: 'the event has no doc', fix: 'add "doc": what one event means' });

  const { fields, places } = collectFields(record, findings);
  const key = requireField(record, 'key', findings);
  const time = record.time === undefined ? null : requireField(record, 'time', findings);
  checkKeyType(record, key, findings);
  checkTimeType(record, time, findings);
  if (findings.length > 0 || key === null) return { ok: false, findings, readable: { record, fields, places } };
  return {
    ok: true,
    contract: {
      schema: JSON.stringify(json),
      record,
      key,
      time,
      fields,
      places,
      level: highest(fields.map((f) => f.level)),
    },
  };
}

const refused = (message: string, fix: string): ContractResult => ({
  ok: false,
  findings: [{ field: '$', message, fix }],
  readable: null,
});

/** What the Avro library has against the schema, or null. */
export function schemaProblem(schema: unknown): string | null {
  if (isDeeper(schema, DEEPEST_JSON)) return `the schema is nested deeper than ${DEEPEST_JSON} levels of JSON`;
  try {
    avsc.Type.forSchema(structuredClone(schema) as avsc.Schema);
    return null;
  } catch (error) {
    return `not a valid Avro schema: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function isDeeper(value: unknown, left: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return left === 0 || Object.values(value).some((inner) => isDeeper(inner, left - 1));
}

function requireField(record: AvroRecord, attribute: 'key' | 'time', findings: Finding[]): string | null {
  const name = record[attribute];
  if (typeof name === 'string' && record.fields.some((f) => f.name === name)) return name;
  const names = record.fields.map((f) => f.name).join(', ');
  const found = name === undefined ? 'the contract names none' : `there is no field ${JSON.stringify(name)}`;
  findings.push({
    field: `$.${attribute}`,
    message: `"${attribute}" must name a field of the record: ${found}`,
    fix: `"${attribute}" is one of: ${names}`,
  });
  return null;
}

function checkKeyType(record: AvroRecord, key: string | null, findings: Finding[]): void {
  const type = record.fields.find((f) => f.name === key)?.type;
  if (type === undefined || type === 'string' || type === 'int' || type === 'long') return;
  const text = typeof type === 'object' && !Array.isArray(type) && type.type === 'string';
  if (text) return;
  findings.push({
    field: '$.key',
    message: `the key field "${key}" is neither a string nor an int or long`,
    fix: 'name a field that says what the event is about, never null',
  });
}

function checkTimeType(record: AvroRecord, time: string | null, findings: Finding[]): void {
  if (time === null) return;
  const type = record.fields.find((f) => f.name === time)?.type;
  const ok =
    type !== undefined && typeof type === 'object' && !Array.isArray(type) && type.logicalType === 'timestamp-millis';
  if (ok) return;
  findings.push({
    field: '$.time',
    message: `the time field "${time}" is no timestamp in milliseconds`,
    fix: 'its type is {"type": "long", "logicalType": "timestamp-millis"}',
  });
}
