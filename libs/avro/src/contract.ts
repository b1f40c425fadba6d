/**
 * A contract: an Avro record that says more than types. The record names its key field (`key`) and, where there is
 * one, the field that holds the event's own time (`time`); every field has a `doc` and a `classification`.
 */
import { Classification, type FieldInfo, type Finding, highest, type Level } from '@citystreams/contracts';
import avsc from 'avsc';
import { type AvroField, type AvroRecord, type AvroType, isObject, isRecord, nameOfType } from './schema.js';

/** Deeper than any event; keeps a hostile contract from exhausting the stack. */
const DEEPEST = 32;

export interface Contract {
  /** The schema as JSON text, attributes included: what is registered. */
  schema: string;
  record: AvroRecord;
  key: string;
  time: string | null;
  /** Every field at any depth, in the order of the contract; nested paths are joined by dots. */
  fields: FieldInfo[];
  level: Level;
}

export type ContractResult = { ok: true; contract: Contract } | { ok: false; findings: Finding[] };

/** Reads a contract and reports every problem of it at once. */
export function parseContract(json: unknown): ContractResult {
  const findings: Finding[] = [];
  if (!isObject(json) || json.type !== 'record' || !Array.isArray(json.fields)) {
    return refused('$', 'a contract is an Avro record: {"type": "record", "name": ..., "fields": [...]}');
  }
  const record = json as unknown as AvroRecord;
  const invalid = schemaProblem(record);
  if (invalid !== null) return refused('$', invalid);
  if (record.aliases !== undefined)
    findings.push({ field: '$.aliases', message: 'aliases are not allowed: a rename is a new field' });
  if (typeof record.doc !== 'string' || record.doc.trim() === '')
    findings.push({ field: '$.doc', message: 'the event has no doc: say what it means' });

  const fields: FieldInfo[] = [];
  collectFields(record, '', '$', fields, findings, 0);
  const key = requireField(record, 'key', findings);
  const time = record.time === undefined ? null : requireField(record, 'time', findings);
  checkKeyType(record, key, findings);
  checkTimeType(record, time, findings);
  if (findings.length > 0 || key === null) return { ok: false, findings };
  return {
    ok: true,
    contract: { schema: JSON.stringify(json), record, key, time, fields, level: highest(fields.map((f) => f.level)) },
  };
}

const refused = (field: string, message: string): ContractResult => ({ ok: false, findings: [{ field, message }] });

/** What the Avro library has against the schema, or null. */
export function schemaProblem(schema: unknown): string | null {
  if (depthOf(schema, 0) > DEEPEST * 4) return `the schema is nested deeper than ${DEEPEST} levels`;
  try {
    avsc.Type.forSchema(structuredClone(schema) as avsc.Schema);
    return null;
  } catch (error) {
    return `not a valid Avro schema: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function depthOf(value: unknown, depth: number): number {
  if (depth > DEEPEST * 4 || typeof value !== 'object' || value === null) return depth;
  return Object.values(value).reduce<number>((deepest, v) => Math.max(deepest, depthOf(v, depth + 1)), depth);
}

function collectFields(
  record: AvroRecord,
  prefix: string,
  at: string,
  into: FieldInfo[],
  findings: Finding[],
  depth: number,
): void {
  if (depth > DEEPEST) return;
  for (const [i, field] of record.fields.entries()) {
    const path = prefix + field.name;
    const where = `${at}.fields[${i}]`;
    const named = `field "${path}"`;
    if (field.aliases !== undefined)
      findings.push({ field: `${where}.aliases`, message: `${named} has an alias: a rename is a new field` });
    if (typeof field.doc !== 'string' || field.doc.trim() === '') {
      findings.push({ field: `${where}.doc`, message: `${named} has no doc: say what it means` });
    }
    const classified = Classification.safeParse(field.classification);
    if (classified.success) {
      into.push({ path, type: nameOfType(field.type), doc: field.doc ?? '', ...classified.data });
    } else {
      findings.push({ field: `${where}.classification`, message: `${named} is not classified: ${reasonOf(field)}` });
    }
    const nested = recordIn(field.type);
    if (nested !== null) collectFields(nested, `${path}.`, `${where}.type`, into, findings, depth + 1);
  }
}

const reasonOf = (field: AvroField): string =>
  field.classification === undefined
    ? 'add "classification": {"level": "L1".."L5", "category": "identifier"|"contact"|"location"|"health"|"finance"|"time"|"measurement"|"description"}'
    : 'its classification needs a level L1 to L5 and a known category, and nothing else';

/** The record inside a field's type, also through a union, an array or a map. */
function recordIn(type: AvroType): AvroRecord | null {
  if (isRecord(type)) return type;
  if (Array.isArray(type)) return type.map(recordIn).find((r) => r !== null) ?? null;
  if (typeof type === 'string') return null;
  return recordIn(type.items ?? type.values ?? (typeof type.type === 'string' ? 'null' : type.type));
}

function requireField(record: AvroRecord, attribute: 'key' | 'time', findings: Finding[]): string | null {
  const name = record[attribute];
  if (typeof name === 'string' && record.fields.some((f) => f.name === name)) return name;
  findings.push({
    field: `$.${attribute}`,
    message: `"${attribute}" must name a field of the record, one of: ${record.fields.map((f) => f.name).join(', ')}`,
  });
  return null;
}

function checkKeyType(record: AvroRecord, key: string | null, findings: Finding[]): void {
  const type = record.fields.find((f) => f.name === key)?.type;
  if (type === undefined || type === 'string' || type === 'int' || type === 'long') return;
  const text = typeof type === 'object' && !Array.isArray(type) && type.type === 'string';
  if (!text) findings.push({ field: '$.key', message: `the key field "${key}" must be a string, int or long` });
}

function checkTimeType(record: AvroRecord, time: string | null, findings: Finding[]): void {
  if (time === null) return;
  const type = record.fields.find((f) => f.name === time)?.type;
  const ok =
    type !== undefined && typeof type === 'object' && !Array.isArray(type) && type.logicalType === 'timestamp-millis';
  if (!ok)
    findings.push({
      field: '$.time',
      message: `the time field "${time}" must be a long with logicalType timestamp-millis`,
    });
}
