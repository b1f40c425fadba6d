import { type AvroField, type AvroRecord, type AvroType, isObject, isRecord } from './schema.js';

/**
 * The default of every field of a contract, by path: what a predicate sees where a writer's version lacks the field.
 * `versions`: oldest first; a later version's default counts. Records are seen through where a predicate can look into
 * them: directly, or in a union with null.
 */
export function contractDefaults(versions: readonly AvroRecord[]): Record<string, unknown> {
  const defaults = new Map<string, unknown>();
  for (const version of versions) collect(version.fields, '', [version], defaults);
  return Object.fromEntries(defaults);
}

function collect(
  fields: readonly AvroField[],
  prefix: string,
  above: readonly AvroRecord[],
  into: Map<string, unknown>,
): void {
  for (const field of fields) {
    const path = prefix + field.name;
    if ('default' in field) into.set(path, field.default);
    const inner = recordOf(field.type);
    if (inner !== null && !above.includes(inner)) collect(inner.fields, `${path}.`, [...above, inner], into);
  }
}

function recordOf(type: AvroType): AvroRecord | null {
  if (Array.isArray(type)) {
    const others = type.filter((branch) => branch !== 'null');
    return others.length === 1 && others[0] !== undefined ? recordOf(others[0]) : null;
  }
  if (!isObject(type)) return null;
  return isRecord(type) ? type : recordOf(type.type);
}
