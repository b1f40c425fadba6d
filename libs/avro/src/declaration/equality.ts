/**
 * Whether two schemas are the same to the Java library (`Schema.equals`): attributes, defaults and orders count, docs,
 * aliases and the default of an enum do not.
 */
import { isJsonObject, type JsonValue } from './json.js';
import type { FieldNode, SchemaNode } from './schema-node.js';

export class Equality {
  /** `step` counts work: types defined twice inside types defined twice are compared once for each level. */
  constructor(private readonly step: (units: number) => void) {}

  /**
   * Ends, though schemas have cycles: one of two types of one name is always written out in full, down to names that
   * both take from the types defined first.
   */
  sameNode(left: SchemaNode, right: SchemaNode): boolean {
    this.step(1);
    if (left === right) return true;
    if (left.kind === 'union' || right.kind === 'union') {
      if (left.kind !== 'union' || right.kind !== 'union') return false;
      return sameItems(left.branches, right.branches, (a, b) => this.sameNode(a, b));
    }
    if (!this.sameJson(left.properties as JsonValue, right.properties as JsonValue)) return false;
    if (left.kind === 'array' && right.kind === 'array') return this.sameNode(left.items, right.items);
    if (left.kind === 'map' && right.kind === 'map') return this.sameNode(left.values, right.values);
    if (!('name' in left) || !('name' in right)) return left.kind === right.kind;
    if (left.name.full !== right.name.full) return false;
    if (left.kind === 'fixed' && right.kind === 'fixed') return left.size === right.size;
    if (left.kind === 'enum' && right.kind === 'enum') return this.sameSymbols(left.symbols, right.symbols);
    if (left.kind !== 'record' || right.kind !== 'record') return false;
    return sameItems(left.fields, right.fields, (a, b) => this.sameField(a, b));
  }

  private sameField(left: FieldNode, right: FieldNode): boolean {
    return (
      left.name === right.name &&
      this.sameNode(left.type, right.type) &&
      this.sameDefault(left.default, right.default) &&
      left.order === right.order &&
      this.sameJson(left.properties as JsonValue, right.properties as JsonValue)
    );
  }

  private sameDefault(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
    return left === undefined || right === undefined ? left === right : this.sameJson(left, right);
  }

  /** The order of an object's members does not count; `1` and `1.0` differ. */
  private sameJson(left: JsonValue, right: JsonValue): boolean {
    this.step(1);
    if (Object.is(left, right)) return true;
    if (Array.isArray(left)) return Array.isArray(right) && sameItems(left, right, (a, b) => this.sameJson(a, b));
    if (!isJsonObject(left) || !isJsonObject(right) || left.size !== right.size) return false;
    return [...left].every(([name, value]) => this.sameDefault(value, right.get(name)));
  }

  private sameSymbols(left: readonly string[], right: readonly string[]): boolean {
    this.step(left.length);
    return sameItems(left, right, Object.is);
  }
}

function sameItems<T>(left: readonly T[], right: readonly T[], same: (a: T, b: T) => boolean): boolean {
  return left.length === right.length && left.every((item, i) => same(item, right[i]!));
}
