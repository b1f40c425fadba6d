import { ALL_SUBJECTS, type SubjectSettings } from './registry-settings.js';
import type { SchemaIdentity, SchemaReference, StoredSchema, SubjectVersion } from './schema.model.js';

/** A row of each table, as far as the index knows them. */
export interface SchemaRow extends SchemaIdentity {
  id: number;
  change: number;
}
export interface VersionRow {
  subject: string;
  version: number;
  schemaId: number;
  state: 'live' | 'deleted' | 'gone';
  registeredAt: number;
  change: number;
}
export interface SettingsRow extends SubjectSettings {
  subject: string;
  change: number;
}

const NOTHING: readonly SubjectVersion[] = [];
const NOT_SET: SubjectSettings = { config: null, mode: null };

/**
 * Everything that is registered, in memory: what every read is answered from.
 *
 * Rows are taken in the order of their changes, each at most once: taking the same rows again, or older ones, changes
 * nothing. So any number of readers of the tables may feed it.
 */
export class SchemaIndex {
  private readonly byId = new Map<number, StoredSchema>();
  private readonly byGuid = new Map<string, StoredSchema[]>();
  private readonly byFingerprint = new Map<string, StoredSchema>();
  private readonly bySubject = new Map<string, SubjectVersion[]>();
  private readonly settingsOf = new Map<string, SubjectSettings>();
  /** Ids of the schemas that refer to a version, by `keyOf`. */
  private readonly referrers = new Map<string, Set<StoredSchema>>();
  private largestId = 0;
  private readonly taken = { schemas: 0, versions: 0, settings: 0 };

  /** The last change taken of each table. */
  get position(): Readonly<{ schemas: number; versions: number; settings: number }> {
    return this.taken;
  }

  schema(id: number): StoredSchema | undefined {
    return this.byId.get(id);
  }

  /** The schema with this content; of several (imported) the newest. */
  sameAs(fingerprint: string): StoredSchema | undefined {
    return this.byFingerprint.get(fingerprint);
  }

  withGuid(guid: string): readonly StoredSchema[] {
    return this.byGuid.get(guid) ?? [];
  }

  /** By version, soft-deleted ones included; empty for an unknown subject. */
  versions(subject: string): readonly SubjectVersion[] {
    return this.bySubject.get(subject) ?? NOTHING;
  }

  version(subject: string, version: number): SubjectVersion | undefined {
    const versions = this.versions(subject);
    // Nearly always where it would be if none had ever gone.
    const guess = versions[version - 1];
    return guess?.version === version ? guess : versions.find((candidate) => candidate.version === version);
  }

  /** The newest that is not deleted. */
  latest(subject: string): SubjectVersion | undefined {
    return this.versions(subject).findLast(({ deleted }) => !deleted);
  }

  /** In no order. */
  subjects(): Iterable<string> {
    return this.bySubject.keys();
  }

  /** Schemas that name types of this version, in no order; those with soft-deleted versions only are among them. */
  referringTo(subject: string, version: number): readonly StoredSchema[] {
    const found = this.referrers.get(keyOf(subject, version)) ?? [];
    return [...found].filter(({ uses }) => uses.length > 0);
  }

  settings(subject: string = ALL_SUBJECTS): SubjectSettings {
    return this.settingsOf.get(subject) ?? NOT_SET;
  }

  allSettings(): Iterable<[subject: string, settings: SubjectSettings]> {
    return [...this.settingsOf];
  }

  /** The largest id that was given. */
  get maxId(): number {
    return this.largestId;
  }

  /** By change; before the versions that use them. */
  takeSchemas(rows: readonly SchemaRow[]): void {
    for (const { change, ...row } of rows) {
      if (change <= this.taken.schemas) continue;
      this.taken.schemas = change;
      const schema: StoredSchema = { ...row, uses: [] };
      this.byId.set(schema.id, schema);
      this.largestId = Math.max(this.largestId, schema.id);
      this.byFingerprint.set(schema.fingerprint, schema);
      this.byGuid.set(schema.guid, [...this.withGuid(schema.guid), schema]);
      for (const reference of schema.references) this.refers(schema, reference);
    }
  }

  takeVersions(rows: readonly VersionRow[]): void {
    for (const row of rows) {
      if (row.change <= this.taken.versions) continue;
      this.takeVersion(row);
      this.taken.versions = row.change;
    }
  }

  takeSettings(rows: readonly SettingsRow[]): void {
    for (const { subject, config, mode, change } of rows) {
      if (change <= this.taken.settings) continue;
      this.taken.settings = change;
      if (config === null && mode === null) this.settingsOf.delete(subject);
      else this.settingsOf.set(subject, { config, mode });
    }
  }

  private takeVersion({ subject, version, schemaId, state, registeredAt }: VersionRow): void {
    const schema = this.byId.get(schemaId);
    if (schema === undefined) throw new Error(`version ${version} of ${subject} has the unknown schema ${schemaId}`);
    const known = this.bySubject.get(subject) ?? [];
    const at = known.findLastIndex((other) => other.version <= version);
    const before = known[at];
    const replaced = before?.version === version ? before : undefined;
    if (replaced !== undefined) remove(replaced.schema.uses, replaced);
    const taken: SubjectVersion | null =
      state === 'gone'
        ? null
        : // One string for all versions of a subject: there are many versions.
          { subject: known[0]?.subject ?? subject, version, schema, deleted: state === 'deleted', registeredAt };
    if (taken !== null) addUse(schema, taken);
    if (replaced !== undefined) known.splice(at, 1, ...(taken === null ? [] : [taken]));
    else if (taken !== null) known.splice(at + 1, 0, taken);
    if (known.length === 0) this.bySubject.delete(subject);
    else this.bySubject.set(known[0]!.subject, known);
  }

  private refers(schema: StoredSchema, { subject, version }: SchemaReference): void {
    const key = keyOf(subject, version);
    this.referrers.set(key, (this.referrers.get(key) ?? new Set()).add(schema));
  }
}

const keyOf = (subject: string, version: number): string => `${version} ${subject}`;

function remove<T>(list: T[], item: T): void {
  const at = list.indexOf(item);
  if (at >= 0) list.splice(at, 1);
}

function addUse({ uses }: StoredSchema, use: SubjectVersion): void {
  const at = uses.findLastIndex((other) => isBefore(other, use));
  uses.splice(at + 1, 0, use);
}

const isBefore = (a: SubjectVersion, b: SubjectVersion): boolean =>
  a.subject === b.subject ? a.version < b.version : a.subject < b.subject;
