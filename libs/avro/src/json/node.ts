/** A schema as a tree of what a value can be: names resolved, logical types told apart, nothing looked up later. */
import { type AvroObject, type AvroType, isRecord } from '../schema.js';

export type Primitive = 'null' | 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string';
/** Ticks of a second that one step of the number is worth: 3 for milliseconds, 6, 9. */
export type TickDigits = 3 | 6 | 9;

export type Node =
  | { kind: Primitive; name: string }
  | { kind: 'record'; name: string; fields: FieldNode[] }
  | { kind: 'enum'; name: string; symbols: string[] }
  | { kind: 'fixed'; name: string; size: number }
  | { kind: 'array'; name: string; items: Node }
  | { kind: 'map'; name: string; values: Node }
  | { kind: 'union'; name: string; branches: Node[] /** Written as `{"<name>": value}`. */; tagged: boolean }
  | { kind: 'decimal'; name: string; precision: number; scale: number; size: number | null }
  | { kind: 'timestamp'; name: string; digits: TickDigits; local: boolean }
  | { kind: 'time'; name: string; digits: 3 | 6 }
  | { kind: 'date'; name: string }
  | { kind: 'duration'; name: string }
  | { kind: 'uuid'; name: string; fixed: boolean };

export interface FieldNode {
  name: string;
  type: Node;
  /** As the schema writes it; absent where the field has none. */
  default?: unknown;
}

const PRIMITIVES = new Set<string>(['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string']);

/** Throws RangeError for what is no schema. */
export function nodeOf(schema: AvroType): Node {
  return new Compiler().type(schema, '');
}

class Compiler {
  private readonly named = new Map<string, Node>();

  type(type: AvroType, namespace: string): Node {
    if (typeof type === 'string') return this.reference(type, namespace);
    if (Array.isArray(type)) return this.union(type, namespace);
    if (typeof type.type !== 'string') return this.type(type.type, namespace);
    switch (type.type) {
      case 'array':
        return { kind: 'array', name: 'array', items: this.type(type.items ?? 'null', namespace) };
      case 'map':
        return { kind: 'map', name: 'map', values: this.type(type.values ?? 'null', namespace) };
      case 'record':
      case 'error':
        return this.record(type, namespace);
      case 'enum':
        return this.define(type, namespace, (name) => ({ kind: 'enum', name, symbols: type.symbols ?? [] }));
      case 'fixed':
        return this.define(type, namespace, (name) => fixedNode(type, name));
      default:
        return PRIMITIVES.has(type.type)
          ? logicalNode(type, type.type as Primitive)
          : this.reference(type.type, namespace);
    }
  }

  private union(branches: AvroType[], namespace: string): Node {
    const union: Node = { kind: 'union', name: 'union', branches: [], tagged: false };
    union.branches = branches.map((branch) => this.type(branch, namespace));
    union.tagged = isAmbiguous(union.branches);
    return union;
  }

  private record(type: AvroObject, namespace: string): Node {
    const record: Node = { kind: 'record', name: fullName(type, namespace), fields: [] };
    const inner = record.name.slice(0, Math.max(0, record.name.lastIndexOf('.')));
    this.named.set(record.name, record);
    if (!isRecord({ ...type, type: 'record' })) throw new RangeError(`${record.name} has no fields`);
    record.fields = (type.fields ?? []).map((field) => ({
      name: field.name,
      type: this.type(field.type, inner),
      ...('default' in field && { default: field.default }),
    }));
    return record;
  }

  private define(type: AvroObject, namespace: string, make: (name: string) => Node): Node {
    const name = fullName(type, namespace);
    const node = make(name);
    this.named.set(name, node);
    return node;
  }

  private reference(name: string, namespace: string): Node {
    if (PRIMITIVES.has(name)) return { kind: name as Primitive, name };
    const inside = name.includes('.') || namespace === '' ? name : `${namespace}.${name}`;
    const found = this.named.get(inside) ?? this.named.get(name);
    if (found === undefined) throw new RangeError(`the schema does not define ${name}`);
    return found;
  }
}

function logicalNode(type: AvroObject, kind: Primitive): Node {
  const { logicalType } = type;
  if (kind === 'bytes' && logicalType === 'decimal') return decimalNode(type, kind, null) ?? { kind, name: kind };
  if (kind === 'int' && logicalType === 'date') return { kind: 'date', name: kind };
  if (kind === 'int' && logicalType === 'time-millis') return { kind: 'time', name: kind, digits: 3 };
  if (kind === 'long' && logicalType === 'time-micros') return { kind: 'time', name: kind, digits: 6 };
  if (kind === 'string' && logicalType === 'uuid') return { kind: 'uuid', name: kind, fixed: false };
  const stamp = /^(local-)?timestamp-(millis|micros|nanos)$/.exec(logicalType ?? '');
  if (kind !== 'long' || stamp === null) return { kind, name: kind };
  return { kind: 'timestamp', name: kind, digits: DIGITS[stamp[2] ?? ''] ?? 3, local: stamp[1] !== undefined };
}

const DIGITS: Readonly<Record<string, TickDigits>> = { millis: 3, micros: 6, nanos: 9 };

function fixedNode(type: AvroObject, name: string): Node {
  const size = Number(type.size);
  const plain: Node = { kind: 'fixed', name, size };
  if (type.logicalType === 'decimal') return decimalNode(type, name, size) ?? plain;
  if (type.logicalType === 'duration' && size === 12) return { kind: 'duration', name };
  if (type.logicalType === 'uuid' && size === 16) return { kind: 'uuid', name, fixed: true };
  return plain;
}

/** Null where precision and scale do not make a decimal: the specification then takes the plain type. */
function decimalNode(type: AvroObject, name: string, size: number | null): Node | null {
  const { precision, scale = 0 } = type as { precision?: unknown; scale?: unknown };
  if (!Number.isInteger(precision) || !Number.isInteger(scale)) return null;
  const [p, s] = [precision as number, scale as number];
  if (p < 1 || s < 0 || s > p || (size !== null && p > digitsIn(size))) return null;
  return { kind: 'decimal', name, precision: p, scale: s, size };
}

/** How many decimal digits surely fit into so many bytes of two's complement. */
const digitsIn = (bytes: number): number => (bytes === 0 ? 0 : Math.floor(Math.log10(2) * (8 * bytes - 1)));

/** Whether JSON values of two branches could be taken for one another. */
function isAmbiguous(branches: readonly Node[]): boolean {
  const seen = new Set<string>();
  for (const shape of branches.flatMap(shapesOf)) {
    if (seen.has(shape)) return true;
    seen.add(shape);
  }
  return false;
}

/** The kinds of JSON value that stand for a value of this type. */
export function shapesOf(node: Node): string[] {
  switch (node.kind) {
    case 'null':
    case 'boolean':
    case 'array':
      return [node.kind];
    case 'int':
      return ['number'];
    case 'long': // Digits beyond 2^53.
    case 'float': // NaN and the infinities.
    case 'double':
    case 'timestamp':
    case 'time':
    case 'date':
    case 'decimal':
      return ['number', 'string'];
    case 'record':
    case 'map':
    case 'duration':
      return ['object'];
    case 'union':
      throw new RangeError('a union lies directly in a union');
    default:
      return ['string'];
  }
}

function fullName(type: AvroObject, inherited: string): string {
  const name = type.name ?? '';
  if (name.includes('.')) return name;
  const namespace = type.namespace ?? inherited;
  return namespace === '' ? name : `${namespace}.${name}`;
}
