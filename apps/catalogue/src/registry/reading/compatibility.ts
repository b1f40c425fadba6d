import { checkLevel, type ExistingVersion, registryMessages, type ResolvedSchema } from '@citystreams/avro';
import { Inject, Injectable } from '@nestjs/common';
import { SchemaChanges } from '../../schemas/schema.changes.js';
import type { SchemaIdentity, SchemaMetadata, SubjectVersion } from '../../schemas/schema.model.js';
import type { SchemaRequest } from '../http/registry-payloads.js';
import { invalidSchema, RegistryError, subjectNotFound, versionNotFound } from '../registry-error.js';
import { REGISTRY_RULES, type RegistryRules, type Sight } from '../rules/registry-rules.js';
import { Candidates } from './candidates.js';
import { type EffectiveConfig, Settings } from './settings.js';
import { LATEST, versionNumber } from './versions.js';

/** Whether a schema may follow those that a subject has, and in the original's words why not. */
@Injectable()
export class Compatibility {
  constructor(
    private readonly changes: SchemaChanges,
    private readonly candidates: Candidates,
    private readonly settings: Settings,
    @Inject(REGISTRY_RULES) private readonly rules: RegistryRules,
  ) {}

  /**
   * Messages; none when the schema may follow. Throws INVALID_VERSION, VERSION_NOT_FOUND, INVALID_SCHEMA.
   *
   * @param against one version; null: all that the level compares with
   */
  check(
    sight: Sight,
    subject: string,
    request: SchemaRequest,
    { against, ...options }: { against: string | null; normalize: boolean; verbose: boolean },
  ): string[] {
    const existing = this.existing(sight, subject, against);
    if (!sight.sees(subject)) throw subjectNotFound(subject);
    const config = this.settings.effectiveConfig(subject);
    const normalize = options.normalize || config.normalize === true;
    try {
      const schema = this.candidates.identify(request, { normalize, sight });
      if (schema === null) throw invalidSchema('Empty schema');
      const strictly = config.validateNewSchemas !== false;
      return this.messages(subject, schema, this.candidates.readNew(schema, sight, strictly), existing, config);
    } catch (error) {
      if (options.verbose && error instanceof RegistryError && INVALID.has(error.code)) return [error.message];
      throw error;
    }
  }

  /**
   * @param existing oldest first, none of them deleted
   * @returns why the schema may not follow; the last message says by which settings
   */
  messages(
    subject: string,
    schema: SchemaIdentity,
    read: ResolvedSchema,
    existing: readonly SubjectVersion[],
    config: EffectiveConfig,
  ): string[] {
    const { compatibilityLevel: level, compatibilityGroup: group, validateFields = false } = config;
    const compared =
      group === undefined
        ? existing
        : existing.filter((version) => groupOf(version.schema.metadata, group) === groupOf(schema.metadata, group));
    // The rest is not looked at: reading it would be in vain.
    const needed = level === 'NONE' ? [] : level.endsWith('_TRANSITIVE') ? compared : compared.slice(-1);
    const versions = needed.map(
      (version): ExistingVersion => ({
        version: version.version,
        schema: this.candidates.readKnown(version.schema),
      }),
    );
    const findings = checkLevel(level, read, versions, { firstOnly: true });
    const earlier = existing.map(({ version, schema: { text } }) => ({ version, text }));
    const messages = [
      ...(validateFields ? reservedFieldProblems(schema, existing.at(-1)) : []),
      // But the last, which says what was asked: it is told below, with what only we know.
      ...registryMessages(findings, versions, level).slice(0, -1),
      ...this.rules.objections(subject, schema.text, earlier),
    ];
    if (messages.length > 0) messages.push(`{validateFields: '${validateFields}', compatibility: '${level}'}`);
    return messages;
  }

  private existing(sight: Sight, subject: string, against: string | null): SubjectVersion[] {
    const versions = sight.sees(subject) ? this.changes.index.versions(subject).filter(({ deleted }) => !deleted) : [];
    if (versions.length === 0) sight.requireSettled();
    if (against === null) return versions;
    const number = versionNumber(against);
    if (number === LATEST) return versions.slice(-1);
    const found = versions.filter(({ version }) => version === number);
    if (found.length === 0) throw versionNotFound(number);
    return found;
  }
}

const INVALID: ReadonlySet<string> = new Set(['INVALID_SCHEMA', 'REFERENCE_NOT_FOUND']);
const RESERVED_PROPERTY = 'confluent:reserved';

const groupOf = (metadata: SchemaMetadata | null, group: string): string | undefined =>
  Object.hasOwn(metadata?.properties ?? {}, group) ? metadata?.properties?.[group] : undefined;

function reservedFieldProblems(schema: SchemaIdentity, previous: SubjectVersion | undefined): string[] {
  const now = reservedIn(schema.metadata);
  const removed = reservedIn(previous?.schema.metadata ?? null).filter((field) => !now.includes(field));
  const names = topLevelFields(schema.text);
  return [
    ...removed.map(
      (field) =>
        `The new schema has reserved field ${field} removed from its metadata which is present in the old schema's metadata.`,
    ),
    ...now
      .filter((field) => names.includes(field))
      .map((field) => `The new schema has field that conflicts with the reserved field ${field}.`),
  ];
}

const reservedIn = (metadata: SchemaMetadata | null): string[] =>
  (metadata?.properties?.[RESERVED_PROPERTY] ?? '')
    .split(',')
    .map((field) => field.trim())
    .filter((field) => field !== '');

function topLevelFields(text: string): string[] {
  const schema = JSON.parse(text) as { type?: unknown; fields?: { name: string }[] } | null;
  return schema?.type === 'record' ? (schema.fields ?? []).map(({ name }) => name) : [];
}
