import type { Random } from './random.js';
import type { FieldJson, ObjectJson, SchemaJson } from './schema-json.js';

/**
 * A few records that mention each other before, inside and after their definitions, with defaults that hold values of
 * one another: whether that is a schema hangs on the order in which a parser comes to know them.
 */
export function makeTangle(random: Random): SchemaJson {
  return new TangleMaker(random).make();
}

class TangleMaker {
  private readonly names = ['A', 'B', 'C', 'D'];
  private readonly defined = new Set<string>();

  constructor(private readonly random: Random) {}

  make(): ObjectJson {
    const fields: FieldJson[] = [];
    for (const name of this.names) {
      if (!this.defined.has(name)) fields.push({ name: `of${name}`, type: this.define(name) });
    }
    return { type: 'record', name: 'Root', fields: this.random.shuffled(fields) };
  }

  private define(name: string): ObjectJson {
    this.defined.add(name);
    if (this.random.chance(10)) return { type: 'enum', name, symbols: ['X'] };
    const fields: FieldJson[] = [];
    for (let i = this.random.below(4); i > 0; i -= 1) fields.push(this.field(`f${i}`));
    return { type: 'record', name, fields };
  }

  private field(name: string): FieldJson {
    if (this.random.chance(20)) return { name, type: 'int', default: 1 };
    const mentioned = this.random.one(this.names);
    const defines = !this.defined.has(mentioned) && this.random.chance(50);
    const field: FieldJson = { name, type: this.around(defines ? this.define(mentioned) : mentioned) };
    if (this.random.chance(30)) field.default = this.random.one([{}, {}, null, [], [{}], { f1: 1 }, { f1: {} }, 'X']);
    return field;
  }

  private around(type: SchemaJson): SchemaJson {
    const choice = this.random.below(6);
    if (choice === 0) return ['null', type];
    if (choice === 1) return [type, 'null'];
    if (choice === 2) return { type: 'array', items: type };
    return choice === 3 ? ['null', { type: 'array', items: type }] : type;
  }
}
