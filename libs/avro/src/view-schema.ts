/**
 * The schema of a view: the projection of one writer version. It carries names, types, docs and defaults of the kept
 * fields and no attribute of the source's contract. Because defaults and order are kept, a view of FULL_TRANSITIVE
 * versions is FULL_TRANSITIVE itself.
 */
import { type KeepTree, keepTree } from './keep.js';
import { type AvroObject, type AvroRecord, type AvroType, isRecord } from './schema.js';

const PRIMITIVES = new Set(['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string']);
const WHOLE: KeepTree = { children: null };

/** Null when the writer version has none of the fields. */
export function projectSchema(writer: AvroRecord, fields: readonly string[]): AvroRecord | null {
  const projection = new Projection(writer);
  const root = projection.type(writer, '', keepTree(fields));
  return isRecord(root) && root.fields.length > 0 ? root : null;
}

class Projection {
  /** Every named type of the writer by full name, to define it where the view first uses it. */
  private readonly definitions = new Map<string, { type: AvroObject; namespace: string }>();
  /** Full name in the view -> what it was made of: one name cannot stand for two selections. */
  private readonly used = new Map<string, string>();

  constructor(writer: AvroRecord) {
    this.collect(writer, '');
  }

  type(type: AvroType, namespace: string, keep: KeepTree): AvroType {
    if (typeof type === 'string') {
      if (PRIMITIVES.has(type)) return type;
      const found = this.definitions.get(fullName(type, undefined, namespace));
      return found === undefined ? type : this.named(found.type, found.namespace, keep);
    }
    if (Array.isArray(type)) return type.map((t) => this.type(t, namespace, keep));
    if (typeof type.type !== 'string') return this.type(type.type, namespace, keep);
    switch (type.type) {
      case 'array':
        return { type: 'array', items: this.type(type.items ?? 'null', namespace, keep) };
      case 'map':
        return { type: 'map', values: this.type(type.values ?? 'null', namespace, keep) };
      case 'record':
      case 'enum':
      case 'fixed':
        return this.named(type, namespace, keep);
      default:
        return logical(type);
    }
  }

  private named(type: AvroObject, namespace: string, keep: KeepTree): AvroType {
    const inner = namespaceOf(type, namespace);
    const whole = fullName(type.name ?? '', type.namespace, namespace);
    const partial = type.type === 'record' && keep.children !== null ? describe(keep) : '';
    const name = this.nameFor(whole, partial);
    if (this.used.has(name)) return name;
    this.used.set(name, partial);
    const head = {
      ...logical(type),
      type: type.type,
      name: name.slice(name.lastIndexOf('.') + 1),
      ...namespaced(name),
      ...doc(type),
    };
    if (type.type === 'enum')
      return { ...head, symbols: type.symbols ?? [], ...('default' in type && { default: type.default }) };
    if (type.type === 'fixed') return { ...head, size: Number(type.size) };
    return { ...head, fields: this.fields(type as AvroRecord, inner, keep) };
  }

  private fields(record: AvroRecord, namespace: string, keep: KeepTree): AvroRecord['fields'] {
    return record.fields.flatMap((field) => {
      const below = keep.children === null ? WHOLE : keep.children.get(field.name);
      if (below === undefined) return [];
      return [
        {
          name: field.name,
          type: this.type(field.type, namespace, below),
          ...(field.doc !== undefined && { doc: field.doc }),
          ...('default' in field && { default: trimDefault(field.default, below) }),
        },
      ];
    });
  }

  /** The writer's own name, or a numbered one where that already stands for another selection. */
  private nameFor(whole: string, partial: string): string {
    for (let n = 1; ; n += 1) {
      const name = n === 1 ? whole : `${whole}${n}`;
      if (n > 1 && this.definitions.has(name)) continue;
      const meaning = this.used.get(name);
      if (meaning === undefined || meaning === partial) return name;
    }
  }

  private collect(type: AvroType, namespace: string): void {
    if (typeof type === 'string') return;
    if (Array.isArray(type)) return type.forEach((t) => this.collect(t, namespace));
    if (typeof type.type !== 'string') return this.collect(type.type, namespace);
    if (type.items !== undefined) this.collect(type.items, namespace);
    if (type.values !== undefined) this.collect(type.values, namespace);
    if (type.name === undefined) return;
    const inner = namespaceOf(type, namespace);
    this.definitions.set(fullName(type.name, type.namespace, namespace), { type, namespace });
    for (const field of type.fields ?? []) this.collect(field.type, inner);
  }
}

/** A record's default without the parts the view does not keep. */
function trimDefault(value: unknown, keep: KeepTree): unknown {
  if (keep.children === null || typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const children = keep.children;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, v]) => {
      const below = children.get(name);
      return below === undefined ? [] : [[name, trimDefault(v, below)]];
    }),
  );
}

const describe = (keep: KeepTree): string =>
  keep.children === null
    ? '*'
    : `{${[...keep.children]
        .map(([name, below]) => `${name}:${describe(below)}`)
        .sort()
        .join(',')}}`;

const doc = (type: AvroObject): { doc?: string } => (type.doc === undefined ? {} : { doc: type.doc });

/** The primitive with its logical type and that type's parameters; other attributes belong to the source's contract. */
function logical(type: AvroObject): AvroObject {
  if (type.logicalType === undefined) return { type: type.type };
  const { precision, scale } = type;
  return {
    type: type.type,
    logicalType: type.logicalType,
    ...(precision !== undefined && { precision }),
    ...(scale !== undefined && { scale }),
  };
}

function fullName(name: string, own: string | undefined, inherited: string): string {
  if (name.includes('.')) return name;
  const namespace = own ?? inherited;
  return namespace === '' ? name : `${namespace}.${name}`;
}

function namespaceOf(type: AvroObject, inherited: string): string {
  const name = fullName(type.name ?? '', type.namespace, inherited);
  return name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : '';
}

const namespaced = (name: string): { namespace?: string } =>
  name.includes('.') ? { namespace: name.slice(0, name.lastIndexOf('.')) } : {};
