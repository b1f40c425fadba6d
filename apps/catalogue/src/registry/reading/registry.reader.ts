import { registryText } from '@citystreams/avro';
import { Inject, Injectable } from '@nestjs/common';
import { SchemaChanges } from '../../schemas/schema.changes.js';
import type { StoredSchema, SubjectVersion } from '../../schemas/schema.model.js';
import type { SchemaRequest } from '../http/registry-payloads.js';
import { schemaNotFound, subjectNotFound, versionNotFound } from '../registry-error.js';
import { REGISTRY_RULES, type RegistryRules, type Sight } from '../rules/registry-rules.js';
import { isInDefaultContext, prefixTest } from '../subject-name.js';
import { Candidates } from './candidates.js';
import { findVersion } from './matching.js';
import { inheritedMetadata } from './metadata.js';
import { Settings } from './settings.js';
import { LATEST, versionNumber } from './versions.js';

/** Which versions a list holds. */
export type Which = 'live' | 'all' | 'deleted';

/**
 * Answers from memory what clients ask, as one of them may see it: what it may not read is answered as what is not
 * there. Subjects are canonical names (`canonicalName`).
 */
@Injectable()
export class RegistryReader {
  constructor(
    private readonly changes: SchemaChanges,
    private readonly candidates: Candidates,
    private readonly settings: Settings,
    @Inject(REGISTRY_RULES) private readonly rules: RegistryRules,
  ) {}

  /** By name. */
  subjects(sight: Sight, prefix: string, which: Which): string[] {
    const matches = prefixTest(prefix);
    const found: string[] = [];
    for (const subject of this.changes.index.subjects()) {
      if (!matches(subject) || !sight.sees(subject)) continue;
      const isDeleted = this.changes.index.latest(subject) === undefined;
      if (which === 'all' || isDeleted === (which === 'deleted')) found.push(subject);
    }
    sight.requireSettled();
    return found.sort();
  }

  /** Every version of every subject, by subject and version. */
  schemas(sight: Sight, options: { prefix: string; deleted: boolean; latestOnly: boolean }): SubjectVersion[] {
    const { prefix, deleted, latestOnly } = options;
    return this.subjects(sight, prefix, deleted ? 'all' : 'live').flatMap((subject) => {
      const versions = this.changes.index.versions(subject).filter((version) => deleted || !version.deleted);
      return latestOnly ? versions.slice(-1) : versions;
    });
  }

  /** By version. Throws SUBJECT_NOT_FOUND where nothing of that kind was ever there. */
  versions(sight: Sight, subject: string, which: Which): SubjectVersion[] {
    const versions = this.visible(sight, subject);
    const known = which === 'live' ? versions.filter(({ deleted }) => !deleted) : versions;
    if (known.length === 0) throw this.absent(sight, subject);
    return known.filter(({ deleted }) => which === 'all' || deleted === (which === 'deleted'));
  }

  /** Throws INVALID_VERSION, SUBJECT_NOT_FOUND, VERSION_NOT_FOUND. */
  version(sight: Sight, subject: string, asked: string, deleted: boolean): SubjectVersion {
    const number = versionNumber(asked);
    const versions = this.visible(sight, subject);
    const found = number === LATEST ? versions.findLast((v) => !v.deleted) : versions.find((v) => v.version === number);
    if (found !== undefined && (deleted || !found.deleted)) return found;
    if (!versions.some((version) => deleted || !version.deleted)) throw this.absent(sight, subject);
    throw versionNotFound(number);
  }

  /**
   * A schema as a subject has it that may be read. Throws SCHEMA_NOT_FOUND.
   *
   * @param subject preferred, if it has the schema
   */
  byId(sight: Sight, id: number, subject: string): SubjectVersion {
    const found = isInDefaultContext(subject) ? this.changes.index.schema(id) : undefined;
    return this.use(sight, found === undefined ? [] : [found], subject) ?? this.noSchema(sight, id);
  }

  byGuid(sight: Sight, guid: string): SubjectVersion {
    return this.use(sight, this.changes.index.withGuid(guidIn(guid)), '') ?? this.noSchema(sight, guid);
  }

  /** Every subject and version that has a schema and may be read, by subject and version. Throws SCHEMA_NOT_FOUND. */
  uses(sight: Sight, id: number, options: { subject: string; deleted: boolean }): SubjectVersion[] {
    const found = isInDefaultContext(options.subject) ? this.changes.index.schema(id) : undefined;
    const uses = (found?.uses ?? []).filter(({ subject }) => sight.sees(subject));
    if (uses.length === 0) this.noSchema(sight, null);
    return uses.filter(({ deleted }) => options.deleted || !deleted);
  }

  idsOf(sight: Sight, guid: string): number[] {
    const found = this.changes.index.withGuid(guidIn(guid));
    return found.filter((schema) => this.use(sight, [schema], '') !== undefined).map(({ id }) => id);
  }

  /** Ids of the schemas that may be read and name types of a version, ascending. */
  referencedBy(sight: Sight, subject: string, asked: string, deleted: boolean): number[] {
    const { version } = this.version(sight, subject, asked, true);
    return this.changes.index
      .referringTo(subject, version)
      .filter(({ uses }) => uses.some((use) => sight.sees(use.subject) && (deleted || !use.deleted)))
      .map(({ id }) => id)
      .sort((a, b) => a - b);
  }

  /** The newest version whose metadata has all these properties. Throws SUBJECT_NOT_FOUND, SCHEMA_NOT_FOUND. */
  latestWith(sight: Sight, subject: string, wanted: ReadonlyMap<string, string>, deleted: boolean): SubjectVersion {
    const versions = this.visible(sight, subject).filter((version) => deleted || !version.deleted);
    if (versions.length === 0) throw this.absent(sight, subject);
    const found = versions.findLast(({ schema }) => {
      const properties = new Map(Object.entries(schema.metadata?.properties ?? {}));
      return properties.size > 0 && [...wanted].every(([key, value]) => properties.get(key) === value);
    });
    return found ?? this.noSchema(sight, null);
  }

  /** The version that is this schema. Throws INVALID_SCHEMA, SUBJECT_NOT_FOUND, SCHEMA_NOT_FOUND. */
  find(
    sight: Sight,
    subject: string,
    request: SchemaRequest,
    options: { normalize: boolean; deleted: boolean },
  ): SubjectVersion {
    const { deleted } = options;
    // Reading a schema costs more than anything else here: nobody has it done for a subject of others.
    if (!sight.sees(subject)) throw this.absent(sight, subject);
    const normalize = options.normalize || this.settings.effectiveConfig(subject).normalize === true;
    const schema = this.candidates.identify(request, { normalize, sight });
    const versions = this.visible(sight, subject);
    if (schema !== null) {
      const found =
        this.findIn(subject, versions, schema, deleted) ??
        this.findIn(subject, versions, this.asRegistered(subject, schema), deleted);
      if (found !== undefined) return found;
    }
    if (!versions.some((version) => deleted || !version.deleted)) throw this.absent(sight, subject);
    return this.noSchema(sight, null);
  }

  /** A text in another spelling than the stored one; an unknown format is passed by, as in the original. */
  textOf({ schema }: SubjectVersion, format: string): string {
    return format === 'resolved' ? registryText(this.candidates.readKnown(schema), { inline: true }) : schema.text;
  }

  /** The largest id that was given; null for one who may not know how many there are. */
  maxId(): number {
    return this.changes.index.maxId;
  }

  private findIn(
    subject: string,
    versions: readonly SubjectVersion[],
    schema: Parameters<typeof findVersion>[1],
    deleted: boolean,
  ): SubjectVersion | undefined {
    return findVersion(versions, schema, { deleted, byForm: this.rules.findsByForm(subject) });
  }

  /** With the metadata that registering would have given it. */
  private asRegistered(subject: string, schema: Parameters<typeof findVersion>[1]) {
    return inheritedMetadata(schema, this.settings.effectiveConfig(subject), this.changes.index.latest(subject));
  }

  private visible(sight: Sight, subject: string): readonly SubjectVersion[] {
    return sight.sees(subject) ? this.changes.index.versions(subject) : [];
  }

  private use(sight: Sight, schemas: readonly StoredSchema[], preferred: string): SubjectVersion | undefined {
    let found: SubjectVersion | undefined;
    for (const { uses } of schemas) {
      for (const use of uses) {
        if (!sight.sees(use.subject)) continue;
        if (preferred === '' || use.subject === preferred) return use;
        found ??= use;
      }
    }
    return found;
  }

  private absent(sight: Sight, subject: string): Error {
    sight.requireSettled();
    return subjectNotFound(subject);
  }

  private noSchema(sight: Sight, what: number | string | null): never {
    sight.requireSettled();
    throw schemaNotFound(what);
  }
}

/** With or without hyphens. */
function guidIn(text: string): string {
  const hex = text.toLowerCase().replaceAll('-', '');
  if (!/^[0-9a-f]{32}$/.test(hex)) return text;
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
