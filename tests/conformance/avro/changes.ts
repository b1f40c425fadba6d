/** One change to a schema, such as people make between two versions: most keep it valid, about half keep it readable. */
import type { Random } from './random.js';
import {
  copyOf,
  type FieldJson,
  fullNameOf,
  isObject,
  type ObjectJson,
  type SchemaJson,
  schemasIn,
} from './schema-json.js';
import { makeSchema, SYMBOLS } from './schema-maker.js';

const PROMOTED: ReadonlyMap<string, readonly string[]> = new Map([
  ['int', ['long', 'float', 'double']],
  ['long', ['float', 'double', 'int']],
  ['float', ['double', 'long']],
  ['double', ['float']],
  ['string', ['bytes']],
  ['bytes', ['string']],
  ['null', ['boolean']],
  ['boolean', ['null', 'int']],
]);

/** The schema after `times` changes; the given one stays as it is. */
export function changed(schema: SchemaJson, random: Random, times: number): SchemaJson {
  let result = copyOf(schema);
  for (let i = 0; i < times; i += 1) result = changedOnce(result, random);
  return result;
}

function changedOnce(root: SchemaJson, random: Random): SchemaJson {
  const target = random.one([...schemasIn(root)]);
  if (Array.isArray(target)) changeUnion(target, random);
  else if (isObject(target) && random.chance(75)) return changeObject(root, target, random);
  else return replaced(root, target, otherType(target, random));
  return root;
}

/** Another type in its place: promoted, in a union or an array, or something else altogether. */
function otherType(target: SchemaJson, random: Random): SchemaJson {
  const primitive = typeof target === 'string' ? target : isObject(target) ? target.type : '';
  const promoted = PROMOTED.get(primitive);
  if (promoted !== undefined && random.chance(60)) return random.one(promoted);
  if (random.chance(50)) return random.chance(50) ? ['null', copyOf(target)] : [copyOf(target), 'string'];
  if (random.chance(40)) return { type: 'array', items: copyOf(target) };
  return makeSchema(random, 1);
}

function replaced(root: SchemaJson, target: SchemaJson, by: SchemaJson): SchemaJson {
  if (root === target) return by;
  for (const at of schemasIn(root)) {
    if (Array.isArray(at)) {
      const i = at.indexOf(target);
      if (i >= 0) return replaceBranch(root, at, i, by);
    } else if (isObject(at)) {
      if (at.items === target) at.items = by;
      else if (at.values === target) at.values = by;
      else {
        const field = at.fields?.find(({ type }) => type === target);
        if (field === undefined) continue;
        field.type = by;
        delete field.default;
      }
      return root;
    }
  }
  return root;
}

function replaceBranch(root: SchemaJson, union: SchemaJson[], i: number, by: SchemaJson): SchemaJson {
  union.splice(i, 1, ...(Array.isArray(by) ? by.filter((branch) => branch !== 'null') : [by]));
  return root;
}

function changeUnion(branches: SchemaJson[], random: Random): void {
  const choice = random.below(3);
  if (choice === 0 && branches.length > 0) branches.splice(random.below(branches.length), 1);
  else if (choice === 1) branches.push(random.one(['null', 'int', 'long', 'string', 'bytes', 'double']));
  else branches.reverse();
}

function changeObject(root: SchemaJson, target: ObjectJson, random: Random): SchemaJson {
  if (target.name !== undefined && random.chance(20)) return renamed(root, target, random);
  if (random.chance(8)) target.aliases = [...(target.aliases ?? []), random.one(['A', 'a.B', 'a.b.C', 'E'])];
  else if (target.fields !== undefined) changeFields(target.fields, random);
  else if (target.symbols !== undefined) changeSymbols(target, random);
  else if (target.size !== undefined) target.size = random.one([0, 1, 2, 16]);
  else target.logicalType = random.one(['timestamp-micros', 'uuid', 'date', 'nothing']);
  return root;
}

/** A new name or namespace everywhere it is mentioned, with or without the old one as an alias. */
function renamed(root: SchemaJson, target: ObjectJson, random: Random): SchemaJson {
  const old = fullNameOf(target);
  if (random.chance(60)) target.name = random.one(['A', 'B', 'Renamed', 'constructor']);
  else target.namespace = random.one(['', 'a', 'a.b', 'n']);
  if (random.chance(60)) target.aliases = [...(target.aliases ?? []), old.includes('.') ? old : `.${old}`];
  const now = fullNameOf(target);
  const rename = (json: SchemaJson): SchemaJson => {
    if (typeof json === 'string') return json === old ? now : json;
    if (Array.isArray(json)) return json.map(rename);
    if (json.items !== undefined) json.items = rename(json.items);
    if (json.values !== undefined) json.values = rename(json.values);
    for (const field of json.fields ?? []) field.type = rename(field.type);
    return json;
  };
  return rename(root);
}

function changeFields(fields: FieldJson[], random: Random): void {
  const at = random.below(fields.length);
  const field = fields[at];
  const choice = random.below(field === undefined ? 2 : 8);
  const name = random.one(['added', 'f', 'g', 'constructor']);
  if (choice === 0) fields.splice(at, 0, { name, type: ['int', 'null'], default: random.one([null, 0]) });
  else if (choice === 1) fields.push({ name, type: makeSchema(random, 1) });
  else if (choice === 2) fields.splice(at, 1);
  else if (choice === 3) Object.assign(field!, { name: `${field!.name}2`, aliases: [field!.name] });
  else if (choice === 4) field!.name = `${field!.name}3`;
  else if (choice === 5) field!.aliases = [...(field!.aliases ?? []), random.one(['f', 'g', 'h'])];
  else if (choice === 6) delete field!.default;
  else fields.reverse();
}

function changeSymbols(target: ObjectJson, random: Random): void {
  const symbols = target.symbols ?? [];
  const choice = random.below(4);
  if (choice === 0 && symbols.length > 0) symbols.splice(random.below(symbols.length), 1);
  else if (choice === 1) symbols.push(random.one(SYMBOLS.filter((symbol) => !symbols.includes(symbol)).concat('New')));
  else if (choice === 2 && symbols.length > 0) target.default = random.one(symbols);
  else delete target.default;
  if (target.default !== undefined && !symbols.includes(target.default as string)) delete target.default;
}
