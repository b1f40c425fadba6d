/** Records, enums and fixed (Java: Schema.parseRecord, parseField, parseEnum, parseFixed). */
import {
  aliasesIn,
  ENUM_RESERVED,
  FIELD_RESERVED,
  optionalText,
  propertiesIn,
  refuseHugeIntegers,
  RESERVED,
  requiredText,
} from './attributes.js';
import { type Definitions, isValidDefault } from './defaults.js';
import { isJsonObject, type JsonObject, type JsonValue } from './json.js';
import { readDecimalText } from './json-text.js';
import { requireName, typeName } from './names.js';
import { below, type Place, Refused } from './refusal.js';
import type { EnumNode, FieldNode, FixedNode, RecordNode, SchemaNode, TypeName } from './schema-node.js';
import type { Scope } from './scope.js';

/** The largest array of a Java VM, which is the largest fixed. */
const LARGEST_FIXED = 2 ** 31 - 1 - 8;

export function parseRecord(json: JsonObject, scope: Scope, at: Place): RecordNode {
  const name = nameIn(json, scope, at);
  const list = json.get('fields');
  if (!Array.isArray(list)) throw new Refused('the record has no "fields"', at);
  const inside = { ...scope, namespace: name.namespace };
  const fields = list.map((field, i) => parseField(field, inside, below(below(at, 'fields'), i)));
  const fieldsByName = new Map(fields.map((field) => [field.name, field]));
  if (fieldsByName.size < fields.length) throw new Refused('the record has two fields of one name', at);
  const named = namedParts(json, name, RESERVED, scope, at);
  refuseHugeIntegers(named.properties, at);
  const isError = json.get('type') === 'error';
  return defined({ kind: 'record', ...named, isError, fields, fieldsByName }, scope, at);
}

export function parseEnum(json: JsonObject, scope: Scope, at: Place): EnumNode {
  const name = nameIn(json, scope, at);
  const list = json.get('symbols');
  if (!Array.isArray(list)) throw new Refused('the enum has no "symbols"', at);
  const symbols = list.map((symbol, i) => {
    const place = below(below(at, 'symbols'), i);
    if (typeof symbol !== 'string') throw new Refused('a symbol is not text', place);
    requireName(symbol, scope.known.rule, place);
    return symbol;
  });
  const distinct = new Set(symbols);
  if (distinct.size < symbols.length) throw new Refused('the enum has a symbol twice', at);
  const byDefault = optionalText(json, 'default');
  if (byDefault !== null && !distinct.has(byDefault)) throw new Refused("the enum's default is not a symbol", at);
  const named = namedParts(json, name, ENUM_RESERVED, scope, at);
  return defined({ kind: 'enum', ...named, symbols, default: byDefault }, scope, at);
}

export function parseFixed(json: JsonObject, scope: Scope, at: Place): FixedNode {
  const name = nameIn(json, scope, at);
  const size = json.get('size');
  if (typeof size !== 'bigint' || size < 0n || size > LARGEST_FIXED) {
    throw new Refused(`"size" is not an integer from 0 to ${LARGEST_FIXED}`, at);
  }
  const named = namedParts(json, name, RESERVED, scope, at);
  return defined({ kind: 'fixed', ...named, size: Number(size) }, scope, at);
}

function nameIn(json: JsonObject, scope: Scope, at: Place): TypeName {
  const namespace = optionalText(json, 'namespace') ?? scope.namespace;
  return typeName(requiredText(json, 'name', at), namespace, scope.known.rule, at);
}

function namedParts(json: JsonObject, name: TypeName, reserved: ReadonlySet<string>, scope: Scope, at: Place) {
  const rule = scope.known.rule === 'stored' ? null : scope.known.rule;
  const aliases = new Map(
    aliasesIn(json, at).map((alias) => {
      const full = typeName(alias, name.namespace, rule, below(at, 'aliases'));
      return [full.full, full];
    }),
  );
  return {
    name,
    doc: optionalText(json, 'doc'),
    aliases: [...aliases.values()],
    properties: propertiesIn(json, reserved),
  };
}

function defined<T extends RecordNode | EnumNode | FixedNode>(node: T, scope: Scope, at: Place): T {
  scope.known.define(node, at);
  return node;
}

function parseField(json: JsonValue, scope: Scope, at: Place): FieldNode {
  if (!isJsonObject(json)) throw new Refused('a field is an object', at);
  const name = requiredText(json, 'name', at);
  const typeJson = json.get('type');
  if (typeJson === undefined) throw new Refused('the field has no "type"', at);
  const type = scope.parse(typeJson, scope, below(at, 'type'));
  const field: FieldNode = {
    name,
    type,
    doc: optionalText(json, 'doc'),
    default: defaultIn(json, type, at),
    order: orderIn(json, at),
    aliases: aliasesIn(json, at),
    properties: propertiesIn(json, FIELD_RESERVED),
  };
  requireName(name, scope.known.rule, at);
  if (scope.validateDefaults) requireValidDefault(field, scope.known, at);
  return field;
}

export function requireValidDefault(field: FieldNode, known: Definitions, at: Place): void {
  if (field.default === undefined || isValidDefault(field.type, field.default, known)) return;
  throw new Refused(`the default of field "${field.name}" is not a value of its type`, at);
}

/** Numbers of float and double may be written as text, which is how NaN and infinities are written. */
function defaultIn(json: JsonObject, type: SchemaNode, at: Place): JsonValue | undefined {
  const value = json.get('default');
  if (typeof value !== 'string' || (type.kind !== 'float' && type.kind !== 'double')) return value;
  const number = readDecimalText(value);
  if (number === null) throw new Refused('the default is not a number', at);
  return number;
}

function orderIn(json: JsonObject, at: Place): FieldNode['order'] {
  const order = json.get('order');
  if (order === undefined) return 'ascending';
  // Java compares in capitals, where a dotless i is an I.
  const text = typeof order === 'string' ? order.toUpperCase() : '';
  if (text === 'ASCENDING') return 'ascending';
  if (text === 'DESCENDING') return 'descending';
  if (text === 'IGNORE') return 'ignore';
  throw new Refused('"order" is not ascending, descending or ignore', at);
}
