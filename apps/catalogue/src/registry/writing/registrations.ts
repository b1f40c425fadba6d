import type { Caller } from '@citystreams/nest';
import { Inject, Injectable } from '@nestjs/common';
import { SchemaChanges } from '../../schemas/schema.changes.js';
import type { SchemaIdentity, SubjectVersion } from '../../schemas/schema.model.js';
import { SchemaStore } from '../../schemas/schema.store.js';
import type { SchemaRequest } from '../http/registry-payloads.js';
import { Candidates } from '../reading/candidates.js';
import { Compatibility } from '../reading/compatibility.js';
import { findVersion, meansTheSame } from '../reading/matching.js';
import { inheritedMetadata } from '../reading/metadata.js';
import { importsOrForwards, Settings } from '../reading/settings.js';
import { LATEST } from '../reading/versions.js';
import { incompatible, invalidSchema, invalidSubject, notPermitted } from '../registry-error.js';
import { REGISTRY_RULES, type RegistryRules, type Sight } from '../rules/registry-rules.js';
import { isRegistrable } from '../subject-name.js';

export interface RegisterOptions {
  normalize: boolean;
  /** Compatible or not. */
  force: boolean;
}

/** What the answer to a registration is made of. */
export interface Registered {
  id: number;
  version: number;
  schema: SchemaIdentity;
}

/** A version as it was asked for: none, the latest, or a number. */
interface Wanted {
  version: number;
  /** Negative: none. */
  id: number;
}

/** Registers schemas. What a subject has already is found in memory, and nothing is written. */
@Injectable()
export class Registrations {
  constructor(
    private readonly changes: SchemaChanges,
    private readonly store: SchemaStore,
    private readonly candidates: Candidates,
    private readonly compatibility: Compatibility,
    private readonly settings: Settings,
    @Inject(REGISTRY_RULES) private readonly rules: RegistryRules,
  ) {}

  /** @param subject a canonical name */
  async register(
    caller: Caller,
    subject: string,
    request: SchemaRequest,
    { normalize: asked, force }: RegisterOptions,
  ): Promise<Registered> {
    if (!isRegistrable(subject)) throw invalidSubject(subject);
    const sight = this.rules.sightOf(caller);
    const normalize = asked || this.settings.effectiveConfig(subject).normalize === true;
    const wanted: Wanted = { version: request.version ?? 0, id: request.id ?? -1 };
    // Reading a schema costs more than anything else here: nobody has it done for a subject of others.
    const known = sight.sees(subject) ? this.known(sight, subject, request, normalize, wanted) : undefined;
    if (known !== undefined) return known;
    await this.rules.requireWrite(caller, 'register', subject);
    const schema = this.candidates.identify(request, { normalize, sight });
    const otherwise =
      schema === null
        ? null
        : this.rules.registerOtherwise(caller, subject, () => this.candidates.writtenOut(schema, sight));
    if (schema !== null && otherwise !== null) {
      const { id, version, text } = await otherwise;
      return { id, version, schema: this.changes.index.schema(id) ?? { ...schema, text } };
    }
    return this.store.registering(async (tx) => {
      await this.changes.takeFrom(tx);
      const decided = this.decide(sight, subject, request, { normalize, force }, wanted);
      const { schema: registered } = decided;
      if (decided.kind === 'known') return { id: decided.id, version: decided.version, schema: registered };
      const id = decided.id ?? (await this.store.insert(tx, registered, decided.importedAs));
      if (decided.superseded.length > 0) await this.store.remove(tx, subject, decided.superseded, 'gone');
      const { version } = decided;
      await this.store.putVersion(tx, { subject, version, id, registeredAt: new Date() }, caller.principal);
      return { id, version, schema: registered };
    });
  }

  /** A version that is what was asked for, under the number and the id that were asked for. */
  private known(
    sight: Sight,
    subject: string,
    request: SchemaRequest,
    normalize: boolean,
    { version, id }: Wanted,
  ): Registered | undefined {
    const { defaultMetadata, overrideMetadata } = this.settings.effectiveConfig(subject);
    const imports = importsOrForwards(this.settings.effectiveMode(subject));
    const schema = this.candidates.identify(request, { normalize: normalize && !imports, sight });
    if (schema === null || defaultMetadata !== undefined || overrideMetadata !== undefined) return undefined;
    const versions = this.changes.index.versions(subject);
    const found =
      version === LATEST
        ? versions.filter((candidate) => !candidate.deleted).findLast((latest) => meansTheSame(schema, latest))
        : findVersion(versions, schema, { deleted: false, byForm: this.rules.findsByForm(subject) });
    if (found === undefined) return undefined;
    if (version === LATEST && found !== this.changes.index.latest(subject)) return undefined;
    if (version === 0 || version === LATEST) return id < 0 || id === found.schema.id ? registeredAs(found) : undefined;
    if (id !== found.schema.id) return undefined;
    if (version === found.version) return registeredAs(found);
    const older = this.changes.index.version(subject, version);
    return older !== undefined && !older.deleted && older.schema === found.schema ? registeredAs(older) : undefined;
  }

  /** With the index as it is under the lock. */
  private decide(
    sight: Sight,
    subject: string,
    request: SchemaRequest,
    { normalize, force }: RegisterOptions,
    wanted: Wanted,
  ): Decision {
    const config = this.settings.effectiveConfig(subject);
    const mode = this.settings.effectiveMode(subject);
    const imports = importsOrForwards(mode);
    this.requireMode(subject, wanted);
    const all = this.changes.index.versions(subject);
    const live = all.filter(({ deleted }) => !deleted);
    const next = (all.at(-1)?.version ?? 0) + 1;

    const schema = this.populated(sight, subject, request, normalize && !imports, { live, next, wanted, imports });
    const existing = this.changes.index.sameAs(schema.fingerprint);
    let id: number | null = null;
    if (existing !== undefined && (wanted.id < 0 || wanted.id === existing.id)) {
      const here = live.findLast((version) => version.schema === existing);
      if (wanted.version === 0 && here !== undefined) return { kind: 'known', ...registeredAs(here) };
      id = existing.id;
    }
    if (wanted.version === 0) {
      const same = live.findLast(
        (version) => (wanted.id < 0 || wanted.id === version.schema.id) && meansTheSame(schema, version),
      );
      if (same !== undefined) return { kind: 'known', ...registeredAs(same) };
    }
    const strictly = wanted.id < 0 && config.validateNewSchemas !== false && !imports;
    const read = this.candidates.readNew(schema, sight, strictly);
    if (!imports && !force) {
      const messages = this.compatibility.messages(subject, schema, read, live, config);
      if (messages.length > 0) throw incompatible(subject, messages);
    }
    const version = wanted.version > 0 ? wanted.version : next;
    if (version !== next && !imports) throw invalidSchema('Version is not one more than previous version');
    if (wanted.id >= 0 && id === null) id = this.importable(wanted.id, schema);
    const importedAs = id === null && wanted.id >= 0 ? wanted.id : null;
    return { kind: 'new', id, importedAs, version, schema, superseded: this.superseded(all, id, version) };
  }

  /** The schema with what the version before and the settings add to it. */
  private populated(
    sight: Sight,
    subject: string,
    request: SchemaRequest,
    normalize: boolean,
    {
      live,
      next,
      wanted,
      imports,
    }: { live: readonly SubjectVersion[]; next: number; wanted: Wanted; imports: boolean },
  ): SchemaIdentity {
    const previous = live.at(-1);
    const sent = this.candidates.identify(request, { normalize, sight });
    if (sent === null && (imports || previous === undefined)) throw invalidSchema('Empty schema');
    const schema = sent ?? this.candidates.identify({ ...request, ...textOf(previous!) }, { normalize, sight })!;
    if (imports) return schema;
    const version = { number: next, asked: wanted.version !== 0 };
    return inheritedMetadata(schema, this.settings.effectiveConfig(subject), previous, version);
  }

  private requireMode(subject: string, { id }: Wanted): void {
    const where = `Subject ${subject} in context `;
    if (this.settings.isReadOnly(subject)) throw notPermitted(`${where} is in read-only mode`);
    const mode = this.settings.effectiveMode(subject);
    if (id >= 0 && !importsOrForwards(mode)) throw notPermitted(`${where} is not in import mode`);
    if (id < 0 && mode !== 'READWRITE') throw notPermitted(`${where} is not in read-write mode`);
  }

  /** The id if the same schema has it, null if nobody has. An id never means two schemas, also when one is deleted. */
  private importable(id: number, schema: SchemaIdentity): number | null {
    const holder = this.changes.index.schema(id);
    if (holder === undefined) return null;
    if (holder.fingerprint === schema.fingerprint) return id;
    throw notPermitted(`Overwrite new schema with id ${id} in context  is not permitted.`);
  }

  /** Deleted versions with the schema that comes back, unless something still refers to them. */
  private superseded(all: readonly SubjectVersion[], id: number | null, version: number): number[] {
    return all
      .filter((old) => old.deleted && old.schema.id === id && old.version < version)
      .filter((old) => this.changes.index.referringTo(old.subject, old.version).length === 0)
      .map((old) => old.version);
  }
}

type Decision =
  | ({ kind: 'known' } & Registered)
  | {
      kind: 'new';
      /** Null: not given yet. */
      id: number | null;
      importedAs: number | null;
      version: number;
      schema: SchemaIdentity;
      superseded: number[];
    };

const registeredAs = ({ schema, version }: SubjectVersion): Registered => ({ id: schema.id, version, schema });

const textOf = ({ schema: { text, references } }: SubjectVersion): Partial<SchemaRequest> => ({
  schema: text,
  schemaType: 'AVRO',
  references: [...references],
});
