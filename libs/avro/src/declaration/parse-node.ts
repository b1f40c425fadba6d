/**
 * From JSON to a schema (Avro specification 1.12, "Schema Declaration"; Java: Schema.parse). Names that are used before
 * their definition are left open; `link.ts` closes them.
 */
import { propertiesIn, refuseHugeIntegers, RESERVED, requiredText } from './attributes.js';
import { isJsonObject, type JsonObject, type JsonValue } from './json.js';
import { shortened } from './names.js';
import { parseEnum, parseFixed, parseRecord } from './parse-named.js';
import { below, type Place, Refused } from './refusal.js';
import { branchName, isPrimitive, type SchemaNode, type UnionNode } from './schema-node.js';
import type { Scope } from './scope.js';

export function parseNode(json: JsonValue, scope: Scope, at: Place): SchemaNode {
  if (typeof json === 'string') return scope.known.find(json, scope.namespace, at);
  if (Array.isArray(json)) return parseUnion(json, scope, at);
  if (!isJsonObject(json)) throw new Refused('a schema is a name, an object or an array', at);
  const type = requiredText(json, 'type', at);
  if (isPrimitive(type)) return { kind: type, properties: propertiesIn(json, RESERVED) };
  switch (type) {
    case 'record':
    case 'error':
      return parseRecord(json, scope, at);
    case 'enum':
      return parseEnum(json, scope, at);
    case 'fixed':
      return parseFixed(json, scope, at);
    case 'array':
      return { kind: 'array', items: inner(json, 'items', scope, at), properties: collectionProperties(json, at) };
    case 'map':
      return { kind: 'map', values: inner(json, 'values', scope, at), properties: collectionProperties(json, at) };
    default:
      return mentioned(type, scope, at);
  }
}

/**
 * `{"type": "Name"}` for `"Name"`: the Java library took it up to 1.12.1, so that what is stored may hold it, and refuses
 * it since; the specification has no such form.
 */
function mentioned(name: string, scope: Scope, at: Place): SchemaNode {
  if (scope.known.rule !== 'stored') {
    throw new Refused(
      `"${shortened(name)}" in an object is no type of Avro's own; a named type is mentioned by its name alone`,
      at,
    );
  }
  return scope.known.find(name, scope.namespace, at);
}

function inner(json: JsonObject, member: 'items' | 'values', scope: Scope, at: Place): SchemaNode {
  const type = json.get(member);
  if (type === undefined) throw new Refused(`"${member}" is missing`, at);
  return parseNode(type, scope, below(at, member));
}

function collectionProperties(json: JsonObject, at: Place): ReturnType<typeof propertiesIn> {
  const properties = propertiesIn(json, RESERVED);
  refuseHugeIntegers(properties, at);
  return properties;
}

function parseUnion(json: JsonValue[], scope: Scope, at: Place): UnionNode {
  const branches = json.map((branch, i) => parseNode(branch, scope, below(at, i)));
  requireDistinct(branches, at);
  return { kind: 'union', branches };
}

/** No union directly in a union, and of each unnamed type and each name only one. */
export function requireDistinct(branches: readonly SchemaNode[], at: Place): void {
  const names = new Set<string>();
  for (const branch of branches) {
    if (branch.kind === 'union') throw new Refused('a union directly inside a union', at);
    const name = branchName(branch);
    if (names.has(name)) throw new Refused(`the union has ${name} twice`, at);
    names.add(name);
  }
}
