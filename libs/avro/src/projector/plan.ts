/**
 * What a view makes of one writer version, worked out once: a graph beside the schema's own, cyclic where a type refers
 * to itself. Everything that is copied as it is, is one `copy`.
 */
import { type Around, type KeepTree, keepOf, meaningOf, treatmentOf, unmasked, within } from '../keep.js';
import { type FieldMask, fieldMask } from '../masks/field.mask.js';
import { type AvroNode, type RecordNode, recordsBelow } from '../model.js';

export type Plan =
  | { does: 'copy'; node: AvroNode }
  | { does: 'mask'; node: AvroNode; mask: FieldMask }
  | RecordPlan
  | { does: 'items'; of: 'array' | 'map'; item: Plan; node: AvroNode }
  | { does: 'union'; branches: readonly Plan[]; node: AvroNode };

export interface RecordPlan {
  does: 'record';
  node: RecordNode;
  fields: FieldPlan[];
}

export interface FieldPlan {
  name: string;
  node: AvroNode;
  /** null: absent from the view. */
  plan: Plan | null;
}

/** Throws RangeError when the view asks for what the writer version cannot give: a mask or a path that does not fit. */
export function planOf(root: RecordNode, keep: KeepTree): RecordPlan {
  const plan = new Planner().record(root, keep, new Map());
  settle(plan);
  return plan;
}

class Planner {
  /** One plan for one meaning of one record: what makes the graph finite. */
  private readonly records = new Map<string, RecordPlan>();

  record(node: RecordNode, keep: KeepTree, around: Around): RecordPlan {
    const treatment = treatmentOf(node.name, keep, around);
    const inner = within(node.name, treatment, around);
    const id = `${node.name}|${meaningOf(treatment, inner, recordsBelow(node))}`;
    const known = this.records.get(id);
    if (known !== undefined) return known;
    const plan: RecordPlan = { does: 'record', node, fields: [] };
    this.records.set(id, plan);
    for (const field of node.fields) {
      const below = keepOf(treatment, field.name);
      const part = below === undefined ? null : this.field(field.name, field.type, below, inner);
      plan.fields.push({ name: field.name, node: field.type, plan: part });
    }
    return plan;
  }

  private field(name: string, node: AvroNode, keep: KeepTree, around: Around): Plan {
    if (keep.mask === undefined || (keep.mask.kind === 'null' && node.kind === 'null'))
      return this.type(node, unmasked(keep), around);
    const mask = fieldMask(node, keep.mask);
    if (typeof mask === 'string') throw new RangeError(`the mask of field ${name} does not fit: ${mask}`);
    return { does: 'mask', node, mask };
  }

  private type(node: AvroNode, keep: KeepTree, around: Around): Plan {
    switch (node.kind) {
      case 'record':
        return this.record(node, keep, around);
      case 'array':
        return { does: 'items', of: 'array', item: this.type(node.items, keep, around), node };
      case 'map':
        return { does: 'items', of: 'map', item: this.type(node.values, keep, around), node };
      case 'union':
        return { does: 'union', branches: node.branches.map((b) => this.type(b, keep, around)), node };
      default:
        if (keep.children !== null && node.kind !== 'null')
          throw new RangeError(`a ${node.kind} has no fields to choose from`);
        return { does: 'copy', node };
    }
  }
}

/**
 * Turns every part that changes nothing into a `copy`. Greatest fixed point over the graph: a record that refers to
 * itself changes nothing unless something in it does.
 */
function settle(root: RecordPlan): void {
  const records = new Set<RecordPlan>();
  collect(root, records);
  const changing = new Set<RecordPlan>();
  const changes = (plan: Plan | null): boolean => {
    if (plan === null || plan.does === 'mask') return true;
    if (plan.does === 'copy') return false;
    if (plan.does === 'record') return changing.has(plan);
    return plan.does === 'items' ? changes(plan.item) : plan.branches.some(changes);
  };
  for (let before = -1; before !== changing.size; ) {
    before = changing.size;
    for (const record of records) if (record.fields.some((f) => changes(f.plan))) changing.add(record);
  }
  for (const record of records) {
    for (const field of record.fields) {
      if (field.plan !== null && !changes(field.plan)) field.plan = { does: 'copy', node: field.node };
    }
  }
}

function collect(plan: Plan | null, into: Set<RecordPlan>): void {
  switch (plan?.does) {
    case 'record':
      if (into.has(plan)) return;
      into.add(plan);
      return plan.fields.forEach((field) => collect(field.plan, into));
    case 'items':
      return collect(plan.item, into);
    case 'union':
      return plan.branches.forEach((branch) => collect(branch, into));
    default:
  }
}
