/**
 * Random schemas that use all of the language: every type, logical types that fit and that do not, recursion directly
 * and through unions, arrays and maps, references before and after the definition, namespaces, aliases, defaults on any
 * branch, and names that are members of every JavaScript object. Names come from small pools, so that two schemas often
 * have something to say to each other. Almost all are valid.
 */
import { DefaultMaker } from './default-maker.js';
import type { Random } from './random.js';
import { type FieldJson, fullNameOf, Literal, type ObjectJson, type SchemaJson } from './schema-json.js';

const PRIMITIVES = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'];
const NAMES = ['A', 'B', 'C', 'D', 'E', '__proto__', 'constructor', 'toString', 'Städte', 'record', '_1'];
const NAMESPACES = ['', '', 'a', 'a.b', 'prototype.valueOf', 'Ä'];
const FIELDS = ['f', 'g', 'h', 'i', 'j', '__proto__', 'constructor', 'hasOwnProperty', 'length', '名'];
export const SYMBOLS = ['X', 'Y', 'Z', 'x', '__proto__', 'toString', 'Ω'];
const LOGICAL: readonly (readonly [string, object])[] = [
  ['long', { logicalType: 'timestamp-millis' }],
  ['long', { logicalType: 'timestamp-micros' }],
  ['int', { logicalType: 'date' }],
  ['int', { logicalType: 'timestamp-millis' }],
  ['string', { logicalType: 'uuid' }],
  ['bytes', { logicalType: 'decimal', precision: 6, scale: 2 }],
  ['bytes', { scale: 0, precision: 9, logicalType: 'decimal' }],
  ['bytes', { logicalType: 'decimal' }],
  ['string', { 'avro.java.string': 'String' }],
  ['double', { unit: { of: [1, new Literal('1.0'), null, 'm/s'], __proto: true } }],
];

/** `depth`: levels of types inside types. */
export function makeSchema(random: Random, depth = 4): SchemaJson {
  return new SchemaMaker(random).make(depth);
}

class SchemaMaker {
  private readonly defined = new Map<string, ObjectJson>();
  /** Full names promised by references that came before the definition. */
  private readonly owed: string[] = [];
  /** Namespace of the record whose fields are being made. */
  private within = '';
  /** Records whose fields are being made. */
  private readonly open = new Set<ObjectJson>();
  private readonly defaults: DefaultMaker;

  constructor(private readonly random: Random) {
    this.defaults = new DefaultMaker(random, this.defined, this.open);
  }

  make(depth: number): SchemaJson {
    const root = this.random.chance(70) ? this.record(depth) : this.type(depth);
    return this.owed.length === 0 ? root : this.withOwed(root);
  }

  /** The definitions that are still owed, in a record around the schema. */
  private withOwed(root: SchemaJson): ObjectJson {
    const fields = this.owed.map((name, i) => ({ name: `owed${i}`, type: { ...named(name, 'fixed'), size: 2 } }));
    return { type: 'record', name: 'Whole', fields: [{ name: 'root', type: root }, ...fields] };
  }

  private type(depth: number): SchemaJson {
    const choice = this.random.below(depth <= 0 ? 45 : 100);
    if (choice < 30) return this.primitive();
    if (choice < 45) return this.reference() ?? this.primitive();
    if (choice < 55) return this.union(depth - 1);
    if (choice < 63) return { type: 'array', items: this.type(depth - 1), ...this.attributes() };
    if (choice < 69) return { type: 'map', values: this.type(depth - 1) };
    if (choice < 84) return this.record(depth - 1);
    return choice < 93 ? this.enumeration() : this.fixed();
  }

  private primitive(): SchemaJson {
    if (this.random.chance(80)) return this.random.one(PRIMITIVES);
    const [type, attributes] = this.random.one(LOGICAL);
    return { type, ...attributes };
  }

  private reference(): SchemaJson | null {
    if (this.random.chance(6)) {
      const name = `a.Later${this.random.below(2)}`;
      if (!this.defined.has(name) && !this.owed.includes(name)) this.owed.push(name);
      return name;
    }
    const names = [...this.defined.keys()];
    if (names.length === 0) return null;
    const name = this.random.one(names);
    const short = name.slice(this.within.length + 1);
    const shortens = this.within !== '' && name === `${this.within}.${short}` && !short.includes('.');
    return shortens && this.random.chance(50) ? short : name;
  }

  private union(depth: number): SchemaJson {
    const branches = new Map<string, SchemaJson>();
    for (let i = 1 + this.random.below(4); i > 0; i -= 1) {
      const branch = this.random.chance(30) ? 'null' : this.type(depth);
      if (!Array.isArray(branch)) branches.set(branchNameOf(branch), branch);
    }
    return [...branches.values()];
  }

  private record(depth: number): SchemaJson {
    const head = this.head(this.random.chance(5) ? 'error' : 'record');
    if (head === null) return this.primitive();
    const around = this.within;
    this.within = head.namespace ?? around;
    const fields: FieldJson[] = [];
    head.fields = fields;
    this.open.add(head);
    for (const name of this.random.some(FIELDS, 5)) fields.push(this.field(name, depth));
    this.open.delete(head);
    this.within = around;
    return head;
  }

  private field(name: string, depth: number): FieldJson {
    const type = this.type(depth);
    const field: FieldJson = { name, type };
    if (this.random.chance(45)) {
      const value = this.defaults.make(type);
      if (value !== undefined) field.default = value;
    }
    if (this.random.chance(12)) field.aliases = this.random.some(FIELDS, 2);
    if (this.random.chance(8)) field.doc = 'says "what" it is\n\u0007\u001f';
    if (this.random.chance(5)) field.order = this.random.one(['ascending', 'descending', 'IGNORE']);
    if (this.random.chance(5)) field.classification = { level: 'L2', category: 'time' };
    return field;
  }

  private enumeration(): SchemaJson {
    const head = this.head('enum');
    if (head === null) return this.primitive();
    head.symbols = this.random.some(SYMBOLS, 5);
    if (head.symbols.length > 0 && this.random.chance(35)) head.default = this.random.one(head.symbols);
    return head;
  }

  private fixed(): SchemaJson {
    const head = this.head('fixed');
    if (head === null) return this.primitive();
    head.size = this.random.one([0, 1, 2, 12, 16]);
    if (this.random.chance(20)) head.logicalType = this.random.one(['duration', 'uuid', 'decimal']);
    if (head.logicalType === 'decimal') head.precision = 3;
    return head;
  }

  /** A name nobody has yet, or null when the pools are used up. */
  private head(type: string): ObjectJson | null {
    for (let tries = 0; tries < 5; tries += 1) {
      const namespace = this.random.one(NAMESPACES);
      const head: ObjectJson = { type, name: this.random.one(NAMES), namespace };
      if (this.defined.has(fullNameOf(head))) continue;
      this.defined.set(fullNameOf(head), head);
      // Without a namespace of its own a type takes that of the type around it.
      if (namespace === this.within && this.random.chance(50)) delete head.namespace;
      if (this.random.chance(15)) head.aliases = this.random.some([...NAMES, 'a.A', 'a.b.B', '.C'], 2);
      if (this.random.chance(10)) head.doc = 'ein Typ';
      Object.assign(head, this.attributes());
      return head;
    }
    return null;
  }

  private attributes(): object {
    return this.random.chance(8)
      ? { owner: 'futian', since: this.random.one([2024, new Literal('2.5e10'), null]) }
      : {};
  }
}

function named(fullName: string, type: string): ObjectJson {
  const dot = fullName.lastIndexOf('.');
  return { type, name: fullName.slice(dot + 1), namespace: fullName.slice(0, Math.max(dot, 0)) };
}

const branchNameOf = (branch: Exclude<SchemaJson, SchemaJson[]>): string => {
  if (typeof branch === 'string') return branch;
  return branch.name === undefined ? branch.type : fullNameOf(branch);
};
