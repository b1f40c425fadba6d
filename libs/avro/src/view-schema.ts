/**
 * The schema of a view: the projection of one writer version. It carries names, types, docs and defaults of the kept
 * fields and no attribute of the source's contract. Because defaults and order are kept, a view of FULL_TRANSITIVE
 * versions is FULL_TRANSITIVE itself.
 */
import type { ExecutableMask } from '@citystreams/contracts';
import {
  type Around,
  type KeepTree,
  keepOf,
  keepTree,
  type Masks,
  meaningOf,
  treatmentOf,
  unmasked,
  within,
  withoutMasks,
} from './keep.js';
import { maskedDefault, maskOf } from './masks/default.mask.js';
import { showsText } from './masks/leaf.rule.js';
import {
  type AvroNode,
  fullNameOf as fullName,
  type RecordNode,
  recordsBelow,
  recordsIn,
  resolveRecord,
} from './model.js';
import { type AvroObject, type AvroRecord, type AvroType, isRecord } from './schema.js';

const PRIMITIVES = new Set(['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string']);

/**
 * Null when the writer version has none of the fields. A mask may change a field's type: `null` makes it a union with
 * null first, `constant` takes null away, masks that show text make a string of it; everywhere else it stays. Throws
 * RangeError when a mask does not fit.
 */
export function projectSchema(writer: AvroRecord, fields: readonly string[], masks?: Masks): AvroRecord | null {
  const projection = new Projection(writer);
  const root = projection.type(writer, '', keepTree(fields, masks), new Map());
  return isRecord(root) && root.fields.length > 0 ? root : null;
}

class Projection {
  /** Every named type of the writer by full name, to define it where the view first uses it. */
  private readonly definitions = new Map<string, { type: AvroObject; namespace: string }>();
  /** Full name in the view -> what it was made of: one name cannot stand for two selections. */
  private readonly used = new Map<string, string>();
  private readonly records: ReadonlyMap<string, RecordNode>;

  constructor(writer: AvroRecord) {
    this.collect(writer, '');
    this.records = recordsIn(resolveRecord(writer));
  }

  type(type: AvroType, namespace: string, keep: KeepTree, around: Around): AvroType {
    if (typeof type === 'string') {
      if (PRIMITIVES.has(type)) return type;
      const found = this.definitions.get(fullName(type, undefined, namespace));
      return found === undefined ? type : this.named(found.type, found.namespace, keep, around);
    }
    if (Array.isArray(type)) return type.map((t) => this.type(t, namespace, keep, around));
    if (typeof type.type !== 'string') return this.type(type.type, namespace, keep, around);
    switch (type.type) {
      case 'array':
        return { type: 'array', items: this.type(type.items ?? 'null', namespace, keep, around) };
      case 'map':
        return { type: 'map', values: this.type(type.values ?? 'null', namespace, keep, around) };
      case 'record':
      case 'enum':
      case 'fixed':
        return this.named(type, namespace, keep, around);
      default:
        return logical(type);
    }
  }

  private named(type: AvroObject, namespace: string, keep: KeepTree, around: Around): AvroType {
    const inner = namespaceOf(type, namespace);
    const whole = fullName(type.name ?? '', type.namespace, namespace);
    const record = this.records.get(whole);
    const treatment = treatmentOf(whole, keep, around);
    const below = record === undefined ? around : within(whole, treatment, around);
    const meaning = record === undefined ? '' : meaningOf(treatment, below, recordsBelow(record));
    const name = this.nameFor(whole, meaning);
    if (this.used.has(name)) return name;
    this.used.set(name, meaning);
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
    return { ...head, fields: this.fields(type as AvroRecord, record, inner, treatment, below) };
  }

  private fields(
    record: AvroRecord,
    node: RecordNode | undefined,
    namespace: string,
    keep: KeepTree,
    around: Around,
  ): AvroRecord['fields'] {
    return record.fields.flatMap((field, i) => {
      const below = keepOf(keep, field.name);
      const type = node?.fields[i]?.type;
      if (below === undefined || type === undefined) return [];
      return [
        {
          name: field.name,
          type: this.shown(field.type, type, namespace, below, around),
          ...(field.doc !== undefined && { doc: field.doc }),
          ...('default' in field && { default: maskedDefault(field.default, type, below, around) }),
        },
      ];
    });
  }

  /** The type of a field as its mask shows it. */
  private shown(type: AvroType, node: AvroNode, namespace: string, keep: KeepTree, around: Around): AvroType {
    const { mask } = keep;
    if (mask === undefined || (mask.kind === 'null' && node.kind === 'null'))
      return this.type(type, namespace, unmasked(keep), around);
    // Made only to be refused where it does not fit.
    maskOf(node, keep);
    if (mask.kind !== 'null') return this.masked(type, namespace, mask);
    const others = (Array.isArray(type) ? type : [type]).filter((branch) => branch !== 'null' && !isNull(branch));
    // Nothing of it is ever shown, so masks below have nothing to do.
    return ['null', ...others.map((branch) => this.type(branch, namespace, withoutMasks(keep), around))];
  }

  private masked(type: AvroType, namespace: string, mask: ExecutableMask): AvroType {
    if (Array.isArray(type)) {
      const branches = type.map((branch) => (isNull(branch) ? 'null' : this.masked(branch, namespace, mask)));
      return mask.kind === 'constant' ? (branches.find((branch) => branch !== 'null') ?? 'null') : branches;
    }
    if (typeof type === 'object' && typeof type.type !== 'string') return this.masked(type.type, namespace, mask);
    if (typeof type === 'object' && type.type === 'array')
      return { type: 'array', items: this.masked(type.items ?? 'null', namespace, mask) };
    return showsText(mask) ? 'string' : this.type(type, namespace, WHOLE, new Map());
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

const WHOLE: KeepTree = { children: null };

const isNull = (type: AvroType): boolean =>
  type === 'null' || (typeof type === 'object' && !Array.isArray(type) && type.type === 'null');

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

function namespaceOf(type: AvroObject, inherited: string): string {
  const name = fullName(type.name ?? '', type.namespace, inherited);
  return name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : '';
}

const namespaced = (name: string): { namespace?: string } =>
  name.includes('.') ? { namespace: name.slice(0, name.lastIndexOf('.')) } : {};
