/** What a version of a contract changes against the one before, in words; and which fields it calls less sensitive. */
import type { FieldInfo, Level, VersionChange } from '@citystreams/contracts';
import type { Contract } from './contract.js';
import { type AvroField, type AvroRecord } from './schema.js';

/** In the order of the newer contract, dropped fields last. Empty where only spelling differs. */
export function contractChanges(older: Contract, newer: Contract): VersionChange[] {
  const before = new Map(older.fields.map((field) => [field.path, field]));
  const after = new Set(newer.fields.map((field) => field.path));
  const defaults = { before: defaultsOf(older.record), after: defaultsOf(newer.record) };
  return [
    ...eventChanges(older, newer),
    ...newer.fields.flatMap((field) => {
      const was = before.get(field.path);
      if (was === undefined) return [added(field, defaults.after.get(field.path))];
      return fieldChanges(was, field, defaults.before.get(field.path), defaults.after.get(field.path));
    }),
    ...older.fields
      .filter(({ path }) => !after.has(path))
      .map(
        ({ path, type, level }): VersionChange => ({
          kind: 'dropped',
          path,
          text: `drops ${path} (${type}, ${level})`,
        }),
      ),
  ];
}

function eventChanges(older: Contract, newer: Contract): VersionChange[] {
  const changes: VersionChange[] = [];
  if (older.record.doc !== newer.record.doc)
    changes.push({ kind: 'meaning', path: '', text: `says of the event: ${String(newer.record.doc)}` });
  if (older.level !== newer.level) {
    const kind = newer.level > older.level ? 'raised' : 'lowered';
    changes.push({ kind, path: '', text: `its level is ${newer.level}, was ${older.level}` });
  }
  return changes;
}

const added = ({ path, type, level, category }: FieldInfo, byDefault: string | undefined): VersionChange => ({
  kind: 'added',
  path,
  text: `adds ${path} (${type}, ${level} ${category}${byDefault === undefined ? '' : `, default ${byDefault}`})`,
});

function fieldChanges(
  was: FieldInfo,
  is: FieldInfo,
  defaultWas: string | undefined,
  defaultIs: string | undefined,
): VersionChange[] {
  const { path } = is;
  const changes: VersionChange[] = [];
  if (was.type !== is.type) changes.push({ kind: 'type', path, text: `${path} is ${is.type}, was ${was.type}` });
  if (was.level !== is.level) {
    const kind = is.level > was.level ? 'raised' : 'lowered';
    changes.push({ kind, path, text: `${path} is ${is.level}, was ${was.level}` });
  }
  if (was.category !== is.category)
    changes.push({ kind: 'meaning', path, text: `${path} is ${is.category}, was ${was.category}` });
  if (was.concept !== is.concept)
    changes.push({
      kind: 'meaning',
      path,
      text: `${path} means ${is.concept ?? 'no concept'}, was ${was.concept ?? 'none'}`,
    });
  if (was.doc !== is.doc) changes.push({ kind: 'meaning', path, text: `says of ${path}: ${is.doc}` });
  if (defaultWas !== defaultIs)
    changes.push({
      kind: 'default',
      path,
      text: `${path} has ${defaultIs === undefined ? 'no default' : `the default ${defaultIs}`}, had ${defaultWas ?? 'none'}`,
    });
  return changes;
}

/** Of the event's own fields, as JSON text. */
const defaultsOf = (record: AvroRecord): Map<string, string> =>
  new Map(
    record.fields
      .filter((field: AvroField) => 'default' in field)
      .map((field) => [field.name, JSON.stringify(field.default)]),
  );

interface LoweredLevel {
  path: string;
  from: Level;
  to: Level;
}

/**
 * Fields that a version calls less sensitive than the newest earlier version that has them.
 * @param earlier the fields of each earlier version, oldest first
 */
export function loweredLevels(earlier: readonly (readonly FieldInfo[])[], newer: readonly FieldInfo[]): LoweredLevel[] {
  const last = new Map(earlier.flatMap((fields) => fields.map(({ path, level }) => [path, level] as const)));
  return newer.flatMap(({ path, level }) => {
    const from = last.get(path);
    return from !== undefined && level < from ? [{ path, from, to: level }] : [];
  });
}
