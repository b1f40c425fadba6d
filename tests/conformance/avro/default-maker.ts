import type { Random } from './random.js';
import { type FieldJson, Literal, type ObjectJson, type SchemaJson } from './schema-json.js';

/** JSON values for the defaults of fields, by type; numbers in every way of writing them. */
export class DefaultMaker {
  constructor(
    private readonly random: Random,
    private readonly defined: ReadonlyMap<string, ObjectJson>,
    /** Records that are not complete: a default cannot hold one, as a rule. */
    private readonly open: ReadonlySet<ObjectJson>,
  ) {}

  /** A value of the type, now and then one that is not; undefined where none was found. */
  make(type: SchemaJson, depth = 3): unknown {
    if (this.random.chance(1)) return this.random.one([null, true, 'text', 7, [], new Literal('1.0')]);
    if (Array.isArray(type)) return type.length === 0 ? undefined : this.make(this.random.one(type), depth);
    if (typeof type !== 'string') return this.ofObject(type, depth);
    const definition = this.defined.get(type) ?? [...this.defined].find(([name]) => name.endsWith(`.${type}`))?.[1];
    return definition === undefined ? this.ofPrimitive(type) : this.ofObject(definition, depth);
  }

  private ofPrimitive(type: string): unknown {
    switch (type) {
      case 'null':
        return null;
      case 'boolean':
        return this.random.chance(50);
      case 'int':
        return this.random.one([0, 1, -1, 2 ** 31 - 1, -(2 ** 31)]);
      case 'long':
        return this.random.one([
          0,
          -1,
          2 ** 40,
          new Literal('9223372036854775807'),
          new Literal('-9223372036854775808'),
        ]);
      case 'float':
      case 'double':
        return this.random.one([
          0,
          1,
          0.5,
          -1.25,
          123456.75,
          ...['1.0', '-0.0', '1e10', '2.5E-5', '1e7', '0.001', '12345678901234567890'].map((text) => new Literal(text)),
          'NaN',
          '-Infinity',
        ]);
      case 'bytes':
        return this.random.one(['', 'abc', '\u00ff\u0000']);
      case 'string':
        return this.random.one(['', 'text', '__proto__', 'ü "quoted" \\ 名\u001b']);
      default:
        return undefined;
    }
  }

  private ofObject(type: ObjectJson, depth: number): unknown {
    switch (type.type) {
      case 'enum':
        return type.symbols?.[0] ?? 'X';
      case 'fixed':
        return '\u0001'.repeat(type.size ?? 0);
      case 'array':
        return this.random.chance(50) ? [] : this.list(type.items!, depth);
      case 'map':
        return this.random.chance(50) ? {} : this.map(type.values!, depth);
      case 'record':
      case 'error':
        if (depth <= 0 || (this.open.has(type) && this.random.chance(95))) return undefined;
        return this.record(type.fields ?? [], depth - 1);
      default:
        return this.make(type.type, depth);
    }
  }

  private list(items: SchemaJson, depth: number): unknown {
    const item = depth <= 0 ? undefined : this.make(items, depth - 1);
    return item === undefined ? [] : [item];
  }

  private map(values: SchemaJson, depth: number): unknown {
    const value = depth <= 0 ? undefined : this.make(values, depth - 1);
    return value === undefined ? {} : { z: value, a: value };
  }

  /** Fields with a default of their own may be left out. */
  private record(fields: readonly FieldJson[], depth: number): unknown {
    const members: [string, unknown][] = [];
    for (const field of fields) {
      if ('default' in field && this.random.chance(50)) continue;
      const value = this.make(field.type, depth);
      if (value === undefined) return undefined;
      members.push([field.name, value]);
    }
    return Object.fromEntries(members);
  }
}
