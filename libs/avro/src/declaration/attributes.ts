/** What every part of a schema may carry beside its type: docs, aliases, attributes. */
import { isJsonObject, type JsonObject, type JsonValue } from './json.js';
import { below, type Place, Refused } from './refusal.js';
import { NO_PROPERTIES, type Properties } from './schema-node.js';

const SCHEMA_RESERVED = ['doc', 'fields', 'items', 'name', 'namespace', 'size', 'symbols', 'values', 'type', 'aliases'];
/** Names that are not attributes of a type; an enum alone has a default. */
export const RESERVED: ReadonlySet<string> = new Set(SCHEMA_RESERVED);
export const ENUM_RESERVED: ReadonlySet<string> = new Set([...SCHEMA_RESERVED, 'default']);
export const FIELD_RESERVED: ReadonlySet<string> = new Set(['default', 'doc', 'name', 'order', 'type', 'aliases']);

/** The text of a member, or null: anything else in its place counts as absent, as in the Java library. */
export function optionalText(from: JsonObject, member: string): string | null {
  const value = from.get(member);
  return typeof value === 'string' ? value : null;
}

export function requiredText(from: JsonObject, member: string, at: Place): string {
  const text = optionalText(from, member);
  if (text === null) throw new Refused(`"${member}" is missing or not text`, at);
  return text;
}

export function aliasesIn(from: JsonObject, at: Place): string[] {
  const aliases = from.get('aliases');
  if (aliases === undefined) return [];
  if (!Array.isArray(aliases)) throw new Refused('"aliases" is not an array', at);
  const texts = aliases.map((alias, i) => {
    if (typeof alias !== 'string') throw new Refused('an alias is not text', below(below(at, 'aliases'), i));
    return alias;
  });
  return [...new Set(texts)];
}

export function propertiesIn(from: JsonObject, reserved: ReadonlySet<string>): Properties {
  const own = [...from].filter(([name]) => !reserved.has(name));
  return own.length === 0 ? NO_PROPERTIES : new Map(own);
}

/**
 * The Java library loses integers beyond 64 bits when it copies the attributes of a record, array or map, and refuses
 * the schema for it.
 */
export function refuseHugeIntegers(properties: Properties, at: Place): void {
  for (const [name, value] of properties) {
    if (holdsHugeInteger(value)) throw new Refused(`the attribute "${name}" holds an integer beyond 64 bits`, at);
  }
}

function holdsHugeInteger(value: JsonValue): boolean {
  if (typeof value === 'bigint') return BigInt.asIntN(64, value) !== value;
  if (Array.isArray(value)) return value.some(holdsHugeInteger);
  return isJsonObject(value) && [...value.values()].some(holdsHugeInteger);
}
