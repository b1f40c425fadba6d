import { type AvroRecord, schemaProblem } from '@citystreams/avro';
import { type Finding, ownerOf } from '@citystreams/contracts';
import type { Caller } from '@citystreams/nest';
import { Injectable } from '@nestjs/common';
import { type RegisteredSchema, SchemaStore } from '../schemas/schema.store.js';
import { StreamRegistration } from '../streams/stream.registration.js';
import { StreamStore } from '../streams/stream.store.js';
import { checkContract, checkSuccession } from '../streams/stream-checks.js';
import { isSteward, seesEverything, writesContract } from '../streams/stream-rights.js';
import { EntitlementReader } from './entitlement.reader.js';
import { mayReadSubject } from './reading-rights.js';
import { asRegistryError, invalidSchema, RegistryError } from './registry-error.js';
import { parseSubject } from './subject.js';

/** Subjects and schemas as one caller may see them: what it may not read is answered as what is not there. */
@Injectable()
export class Registry {
  constructor(
    private readonly schemas: SchemaStore,
    private readonly streams: StreamStore,
    private readonly registration: StreamRegistration,
    private readonly entitlements: EntitlementReader,
  ) {}

  async subjects(caller: Caller): Promise<string[]> {
    const all = await this.schemas.subjects();
    if (!seesEverything(caller)) this.requireEntitlements();
    return all.filter((subject) => this.mayRead(caller, subject));
  }

  /** Oldest first, never empty: throws SUBJECT_NOT_FOUND. */
  async versions(caller: Caller, subject: string): Promise<RegisteredSchema[]> {
    const versions = await this.schemas.versions(subject);
    if (versions.length > 0 && this.mayRead(caller, subject)) return versions;
    if (parseSubject(subject)?.kind === 'view') this.requireEntitlements();
    throw new RegistryError('SUBJECT_NOT_FOUND', `Subject '${subject}' not found.`);
  }

  async version(caller: Caller, subject: string, asked: string): Promise<RegisteredSchema> {
    const number = versionNumber(asked);
    const versions = await this.versions(caller, subject);
    const found = number === 'latest' ? versions.at(-1) : versions.find(({ version }) => version === number);
    if (found !== undefined) return found;
    throw new RegistryError('VERSION_NOT_FOUND', `Version ${asked} not found.`);
  }

  /** A schema in every subject where the caller may read it, never empty: throws SCHEMA_NOT_FOUND. */
  async uses(caller: Caller, id: number): Promise<[RegisteredSchema, ...RegisteredSchema[]]> {
    const [first, ...more] = (await this.schemas.uses(id)).filter(({ subject }) => this.mayRead(caller, subject));
    if (first !== undefined) return [first, ...more];
    this.requireEntitlements();
    throw new RegistryError('SCHEMA_NOT_FOUND', `Schema ${id} not found`);
  }

  async find(caller: Caller, subject: string, schema: unknown): Promise<RegisteredSchema> {
    await this.versions(caller, subject);
    const found = await this.schemas.find(subject, schema);
    if (found !== null) return found;
    throw new RegistryError('SCHEMA_NOT_FOUND', 'Schema not found');
  }

  /** A schema that the subject has already is a read, whoever may read it; a new one is the next version. */
  async register(caller: Caller, subject: string, schema: unknown): Promise<RegisteredSchema> {
    const known = this.mayRead(caller, subject) ? await this.schemas.find(subject, schema) : null;
    if (known !== null) return known;
    const parsed = parseSubject(subject);
    if (parsed?.kind !== 'stream') throw denied(caller, subject);
    const { stream } = parsed;
    const row = await this.streams.row(stream);
    if (row === null && isSteward(caller, ownerOf(stream))) {
      throw new RegistryError('SUBJECT_NOT_FOUND', `There is no stream ${stream}: create it with POST /api/streams`);
    }
    if (row === null || !writesContract(caller, row)) throw denied(caller, subject);
    try {
      return (await this.registration.addVersion(stream, schema, caller.principal, '$')).registered;
    } catch (error) {
      throw asRegistryError(error);
    }
  }

  /**
   * What keeps a schema from being compatible with one version. Of a stream the schema has to be a contract as well,
   * since it could not be registered otherwise: throws INVALID_SCHEMA.
   */
  async differences(caller: Caller, subject: string, asked: string, schema: unknown): Promise<Finding[]> {
    const older = await this.version(caller, subject, asked);
    const parsed = parseSubject(subject);
    if (parsed?.kind === 'stream') {
      const checked = checkContract(parsed.stream, schema);
      if (!checked.ok) throw invalidSchema(checked.findings);
      return checkSuccession([older], checked.contract.record);
    }
    const problem = schemaProblem(schema);
    if (problem !== null) throw invalidSchema([{ field: '$', message: problem }]);
    return checkSuccession([older], schema as AvroRecord);
  }

  private mayRead(caller: Caller, name: string): boolean {
    const subject = parseSubject(name);
    if (subject === null) return false;
    const entitlements = subject.kind === 'view' ? this.entitlements.to(subject.topic) : [];
    return mayReadSubject(caller, subject, entitlements, new Date());
  }

  /**
   * Before a "no" that an entitlement not read yet could turn into a "yes"; also where there is nothing, so that this
   * answer tells nobody what exists.
   */
  private requireEntitlements(): void {
    if (this.entitlements.isKnown) return;
    throw new RegistryError('NOT_READY', 'The registry is still learning who may read what; try again shortly.');
  }
}

const denied = (caller: Caller, subject: string): RegistryError =>
  new RegistryError(
    'WRITE_DENIED',
    `${caller.principal} may not write subject '${subject}': that is for the steward of the owner and the publishers of its stream`,
  );

function versionNumber(asked: string): number | 'latest' {
  if (asked === 'latest' || asked === '-1') return 'latest';
  if (/^[1-9]\d{0,8}$/.test(asked)) return Number(asked);
  throw new RegistryError(
    'INVALID_VERSION',
    `The specified version '${asked}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string "latest"`,
  );
}
