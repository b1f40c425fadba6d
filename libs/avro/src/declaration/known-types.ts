/**
 * The named types that a schema may refer to: those of the schemas it references, and its own as they are defined
 * (Java: ParseContext). A name may be used before its definition; what stands in its place until then is a record
 * without fields that equals nothing.
 */
import type { Definitions } from './defaults.js';
import { Equality } from './equality.js';
import { type NameRule, requireFullName } from './names.js';
import { type Place, Refused } from './refusal.js';
import {
  type FieldNode,
  isPrimitive,
  NO_PROPERTIES,
  type NamedNode,
  type RecordNode,
  type SchemaNode,
} from './schema-node.js';

export interface Forward {
  fullName: string;
  at: Place;
}

/** Several times what a plain schema of the greatest length takes; less than a second's worth. */
const MOST_STEPS = 2_000_000;

/** As definitions for defaults: before names are resolved, a name may stand for a record without fields. */
export class KnownTypes implements Definitions {
  /** By full name, in the order of definition. */
  readonly types = new Map<string, NamedNode>();
  /** What stands for a name that was not defined when it was used. */
  readonly promises = new Map<SchemaNode, Forward>();

  private steps = 0;
  private readonly equality = new Equality((units) => this.step(units));

  constructor(readonly rule: NameRule) {}

  step(units = 1): void {
    this.steps += units;
    if (this.steps > MOST_STEPS) throw new Refused('the schema is too entangled to be read');
  }

  fieldsOf(record: RecordNode): readonly FieldNode[] {
    return record.fields;
  }

  resolve(node: SchemaNode): SchemaNode {
    return node;
  }

  /** A name without dots means the type of the enclosing namespace, else that of the null namespace. */
  find(name: string, namespace: string | null, at: Place): SchemaNode {
    if (isPrimitive(name)) return { kind: name, properties: NO_PROPERTIES };
    const fullName = namespace !== null && !name.includes('.') ? `${namespace}.${name}` : name;
    return this.types.get(fullName) ?? this.types.get(name) ?? this.promise(fullName, at);
  }

  /** A second definition of a name is accepted only if it is equal, as the Java library does. */
  define(node: NamedNode, at: Place): void {
    requireFullName(node.name, this.rule, at);
    const known = this.types.get(node.name.full);
    if (known === undefined) this.types.set(node.name.full, node);
    else if (!this.equality.sameNode(known, node))
      throw new Refused(`the type ${node.name.full} is defined twice, differently`, at);
  }

  private promise(fullName: string, at: Place): RecordNode {
    const placeholder: RecordNode = {
      kind: 'record',
      // No full name contains a number sign, so two placeholders are two branches of a union.
      name: { simple: '#', namespace: null, full: `#${this.promises.size}` },
      doc: null,
      aliases: [],
      isError: false,
      fields: [],
      fieldsByName: new Map(),
      properties: NO_PROPERTIES,
    };
    this.promises.set(placeholder, { fullName, at });
    return placeholder;
  }
}
