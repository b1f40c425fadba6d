/**
 * Closes the references that were open when they were parsed, and validates the defaults again now that every type is
 * known (Java: SchemaResolver.ResolvingVisitor under Schemas.visit).
 *
 * The order is the Java library's, because it shows: a record counts as complete only when all below it has been
 * visited, and a default that holds a value of an incomplete record is refused. A name used before its definition is
 * visited where it is used.
 */
import type { Definitions } from './defaults.js';
import type { KnownTypes } from './known-types.js';
import { shortened } from './names.js';
import { requireValidDefault } from './parse-named.js';
import { requireDistinct } from './parse-node.js';
import { Refused, ROOT_PLACE } from './refusal.js';
import type { RecordNode, SchemaNode, UnionNode } from './schema-node.js';

/** Visits inside visits: each is a name used before its definition, inside the definition of another. */
const DEEPEST_FORWARD = 250;

/** Throws Refused. Afterwards no reference below `root` or below a known type is open. */
export function link(root: SchemaNode, known: KnownTypes, validateDefaults: boolean): void {
  const linker = new Linker(known, validateDefaults);
  // Types of referenced schemas are complete; what the walk adds to the list is this schema's own.
  for (const type of known.types.values()) linker.visitFromTop(type);
  linker.visitFromTop(root);
  linker.replaceOpen();
}

type Task = { enter: SchemaNode } | { leave: SchemaNode };

class Linker implements Definitions {
  private readonly started = new Set<SchemaNode>();
  /** With the visit from the top during which it became complete: after that visit so is all that it reaches. */
  private readonly complete = new Map<SchemaNode, number>();
  private visitsFromTop = 0;
  private readonly definitionOf = new Map<SchemaNode, SchemaNode>();
  private readonly parents = new Set<SchemaNode>();

  constructor(
    private readonly known: KnownTypes,
    private readonly validateDefaults: boolean,
  ) {}

  visitFromTop(node: SchemaNode): void {
    this.visitsFromTop += 1;
    this.visit(node, 0);
  }

  fieldsOf(record: RecordNode) {
    return this.complete.has(record) ? record.fields : null;
  }

  step(): void {
    this.known.step();
  }

  resolve(node: SchemaNode): SchemaNode {
    return this.definitionOf.get(node) ?? node;
  }

  /** Last, so that every visit sees the schema as it was written. */
  replaceOpen(): void {
    for (const node of this.parents) {
      if (node.kind === 'array') node.items = this.resolve(node.items);
      else if (node.kind === 'map') node.values = this.resolve(node.values);
      else if (node.kind === 'union') node.branches = node.branches.map((branch) => this.resolve(branch));
      else if (node.kind === 'record') for (const field of node.fields) field.type = this.resolve(field.type);
    }
  }

  private visit(start: SchemaNode, depth: number): void {
    if (depth > DEEPEST_FORWARD) throw new Refused(`more than ${DEEPEST_FORWARD} types each need a later one`);
    const visited = new Set<SchemaNode>();
    const tasks: Task[] = [{ enter: start }];
    for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
      this.step();
      if ('leave' in task) this.leave(task.leave);
      else this.enter(task.enter, visited, tasks, depth);
    }
  }

  private enter(node: SchemaNode, visited: Set<SchemaNode>, tasks: Task[], depth: number): void {
    if (visited.has(node) || (this.complete.get(node) ?? this.visitsFromTop) < this.visitsFromTop) return;
    if (node.kind === 'record') {
      if (this.known.promises.has(node)) return this.define(node, depth);
      this.started.add(node);
    }
    const children = childrenOf(node);
    if (children === null) {
      this.started.add(node);
      return;
    }
    visited.add(node);
    this.parents.add(node);
    tasks.push({ leave: node });
    for (const child of children) tasks.push({ enter: child });
  }

  private define(placeholder: RecordNode, depth: number): void {
    if (this.definitionOf.has(placeholder)) return;
    const { fullName, at } = this.known.promises.get(placeholder)!;
    const definition = this.known.types.get(fullName);
    if (definition === undefined) throw new Refused(`unknown type "${shortened(fullName)}"`, at);
    if (!this.started.has(definition)) this.visit(definition, depth + 1);
    this.definitionOf.set(placeholder, definition);
  }

  private leave(node: SchemaNode): void {
    if (node.kind === 'union') this.leaveUnion(node);
    if (node.kind !== 'record' || this.complete.has(node)) return;
    if (this.validateDefaults) for (const field of node.fields) requireValidDefault(field, this, ROOT_PLACE);
    this.complete.set(node, this.visitsFromTop);
  }

  private leaveUnion(union: UnionNode): void {
    requireDistinct(
      union.branches.map((branch) => this.resolve(branch)),
      ROOT_PLACE,
    );
  }
}

/** In the order in which they are put on the stack: of a record the first field comes out first, of a union the last. */
function childrenOf(node: SchemaNode): SchemaNode[] | null {
  switch (node.kind) {
    case 'array':
      return [node.items];
    case 'map':
      return [node.values];
    case 'union':
      return node.branches;
    case 'record':
      return node.fields.map((field) => field.type).reverse();
    default:
      return null;
  }
}
