/** Names (Avro specification 1.12, "Names"), as the Java library takes them apart and validates them. */
import { type Place, Refused } from './refusal.js';
import { isPrimitive, type TypeName } from './schema-node.js';

/**
 * Which characters a name may have. `ascii`: what the specification says and the registry asks of a new schema;
 * `unicode`: any letter and digit, as the Java library's parser does by default; `stored`: as `unicode`, but namespaces
 * and aliases are not looked at, which is how the registry reads what it already has; nor is the form of a mention.
 */
export type NameRule = 'ascii' | 'unicode' | 'stored';

/** No real name is as long; without a limit, short references could expand to gigabytes. */
const LONGEST_FULL_NAME = 1000;

const ASCII = /^[A-Za-z_][A-Za-z0-9_]*$/;
const UNICODE = /^[\p{L}_][\p{L}\p{Nd}_]*$/u;

export function requireName(name: string, rule: NameRule, at: Place): void {
  if (name === '') throw new Refused('a name is empty', at);
  const legal = rule === 'ascii' ? ASCII : UNICODE;
  // Java looks at UTF-16 units one by one, so nothing beyond the Basic Multilingual Plane is a letter to it.
  if (!legal.test(name) || /[\u{10000}-\u{10FFFF}]/u.test(name)) {
    throw new Refused(`illegal character in the name "${shortened(name)}"`, at);
  }
}

/** A name with dots brings its own namespace; one without takes `namespace`. `rule`: null to accept any name. */
export function typeName(name: string, namespace: string | null, rule: NameRule | null, at: Place): TypeName {
  const dot = name.lastIndexOf('.');
  const space = dot < 0 ? namespace : name.slice(0, dot);
  const simple = name.slice(dot + 1);
  if (rule !== null) requireName(simple, rule, at);
  const full = space === null || space === '' ? simple : `${space}.${simple}`;
  if (full.length > LONGEST_FULL_NAME)
    throw new Refused(`a full name is longer than ${LONGEST_FULL_NAME} characters`, at);
  return { simple, namespace: space === '' ? null : space, full };
}

/** Refuses a namespace with an illegal part, and a type named like a primitive. */
export function requireFullName(name: TypeName, rule: NameRule, at: Place): void {
  if (isPrimitive(name.full)) throw new Refused(`a type may not be named after a primitive: ${name.full}`, at);
  if (rule === 'stored' || name.namespace === null) return;
  for (const part of name.namespace.split('.')) requireName(part, rule, at);
}

/** What a message shows of a name that may be megabytes long. */
export const shortened = (name: string): string => (name.length > 100 ? `${name.slice(0, 100)}...` : name);
