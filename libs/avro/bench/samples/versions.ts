/** A second version of a contract: fields with defaults come and go, in records at any depth. */
import type { AvroField, AvroRecord, AvroType } from '@citystreams/avro';
import { once, pick, type Tape } from './tape.js';

export function nextVersion(tape: Tape, writer: AvroRecord): AvroRecord {
  const next = structuredClone(writer);
  let added = 0;
  const change = (type: AvroType): void => {
    if (typeof type === 'string') return;
    if (Array.isArray(type)) return type.forEach(change);
    if (typeof type.type !== 'string') change(type.type);
    if (type.items !== undefined) change(type.items);
    if (type.values !== undefined) change(type.values);
    if (type.fields === undefined) return;
    for (const field of type.fields) change(field.type);
    const kept = type.fields.filter((field) => !(isOptional(field) && once(tape, 3)));
    type.fields = kept.length > 0 ? kept : type.fields;
    while (once(tape, 3)) type.fields.splice(tape.below(type.fields.length + 1), 0, newField(tape, (added += 1)));
  };
  change(next);
  return next;
}

/** It may go: it has a default, and defines no type that something else may need. */
const isOptional = ({ type, ...field }: AvroField): boolean =>
  'default' in field && !JSON.stringify(type).includes('"name"');

function newField(tape: Tape, number: number): AvroField {
  const [type, value] = pick<[AvroType, unknown]>(tape, [
    ['int', 27],
    ['string', 'a default'],
    [['null', 'double'], null],
    [{ type: 'long', logicalType: 'timestamp-millis' }, 7_200_001],
    [{ type: 'array', items: 'string' }, ['x', 'yz']],
    ['boolean', true],
  ]);
  return { name: `added${number}`, type, default: value };
}
