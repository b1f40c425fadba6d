import { checkLevels, type Contract, parseContract } from '@citystreams/avro';
import { ownerOf, type StreamName } from '@citystreams/contracts';
import type { Caller } from '@citystreams/nest';
import { Inject, Injectable } from '@nestjs/common';
import { CITY_RULES, type CityRules } from '../../city/city.module.js';
import { StreamRegistration } from '../../streams/stream.registration.js';
import { StreamStore } from '../../streams/stream.store.js';
import { checkSuccession } from '../../streams/stream-checks.js';
import { isSteward, seesEverything, writesContract } from '../../streams/stream-rights.js';
import { Authentication } from '../access/authentication.js';
import { EntitlementReader } from '../access/entitlement.reader.js';
import { mayReadSubject } from '../access/reading-rights.js';
import { asRegistryError, notPermitted, RegistryError, subjectNotFound } from '../registry-error.js';
import { parseSubject, type Subject } from '../subject.js';
import type { Credentials, RegistryRules, Sight, StreamRegistered, WriteAction } from './registry-rules.js';

/** Names are made by those who register, so there are about as many as subjects. */
const MOST_NAMES = 100_000;

/**
 * The city's registry: a stream's schemas are contracts, which only its owner's steward and its publishers register,
 * FULL_TRANSITIVE, and nobody deletes; a view's are the catalogue's; an agency's other subjects belong to its steward.
 */
@Injectable()
export class CityRegistryRules implements RegistryRules {
  readonly defaultLevel = 'FULL_TRANSITIVE';
  private readonly parsed = new Map<string, Subject | null>();

  constructor(
    private readonly authentication: Authentication,
    private readonly entitlements: EntitlementReader,
    private readonly streams: StreamStore,
    private readonly registration: StreamRegistration,
    @Inject(CITY_RULES) private readonly policy: CityRules,
  ) {}

  authenticate(credentials: Credentials): Caller | Promise<Caller> {
    return this.authentication.callerOf(credentials);
  }

  sightOf(caller: Caller): Sight {
    const everything = seesEverything(caller);
    return {
      sees: (subject) => everything || this.mayRead(caller, subject),
      requireSettled: () => {
        if (!everything) this.requireEntitlements();
      },
    };
  }

  seesAll(caller: Caller): boolean {
    return seesEverything(caller);
  }

  async requireWrite(caller: Caller, action: WriteAction, name: string | null): Promise<void> {
    if (name === null) throw denied(caller, 'the settings of all subjects', 'they are the same for the whole city');
    const subject = this.subject(name);
    switch (subject?.kind) {
      case 'stream':
        return this.requireStreamWrite(caller, action, name, subject.stream);
      case 'view':
        this.requireSeen(caller, name);
        throw denied(caller, `subject '${name}'`, 'schemas of views are made by the catalogue');
      case 'own':
        if (isSteward(caller, subject.agency)) return;
        this.requireSeen(caller, name);
        throw denied(caller, `subject '${name}'`, `that is for the steward of ${subject.agency}`);
      default:
        throw denied(caller, `subject '${name}'`, 'a subject begins with the name of its agency and a dot');
    }
  }

  fixedLevel(name: string): 'FULL_TRANSITIVE' | null {
    return this.isCitys(name) ? 'FULL_TRANSITIVE' : null;
  }

  findsByForm(name: string): boolean {
    return this.isCitys(name);
  }

  objections(name: string, text: string, earlier: readonly { version: number; text: string }[]): string[] {
    const subject = this.subject(name);
    if (subject?.kind !== 'stream') return [];
    const { stream } = subject;
    const contract = this.contractOf(name, stream, JSON.parse(text));
    const before = earlier.map((version) => parseContract(JSON.parse(version.text)));
    const levels = before.map((parsed) => (parsed.ok ? parsed.contract.fields : []));
    return [
      ...checkSuccession(earlier, contract.record),
      ...checkLevels(stream, levels, contract, this.policy.reclassifications),
    ].map(({ field, message }) => `${field}: ${message}`);
  }

  registerOtherwise(caller: Caller, name: string, writtenOut: () => string): Promise<StreamRegistered> | null {
    const subject = this.subject(name);
    return subject?.kind === 'stream' ? this.addVersion(caller, name, subject.stream, writtenOut) : null;
  }

  private contractOf(name: string, stream: StreamName, json: unknown): Contract {
    try {
      return this.registration.checkVersion(stream, json, '$');
    } catch (error) {
      throw asRegistryError(error, name);
    }
  }

  private async addVersion(
    caller: Caller,
    name: string,
    stream: StreamName,
    writtenOut: () => string,
  ): Promise<StreamRegistered> {
    const json = JSON.parse(writtenOut()) as unknown;
    try {
      return (await this.registration.addVersion(stream, json, caller.principal, '$')).registered;
    } catch (error) {
      throw asRegistryError(error, name);
    }
  }

  private async requireStreamWrite(
    caller: Caller,
    action: WriteAction,
    name: string,
    stream: StreamName,
  ): Promise<void> {
    const row = await this.streams.row(stream);
    if (row === null && isSteward(caller, ownerOf(stream))) {
      throw new RegistryError(
        'SUBJECT_NOT_FOUND',
        `Subject '${name}' not found. Create the stream ${stream} with POST /api/streams`,
      );
    }
    if (action !== 'register') this.requireSeen(caller, name);
    if (row === null || !writesContract(caller, row)) {
      throw denied(
        caller,
        `subject '${name}'`,
        'that is for the steward of the owner and the publishers of its stream',
      );
    }
    if (action === 'register' || action === 'agree') return;
    throw notPermitted(
      action === 'delete'
        ? `Subject ${name} holds contracts of a stream, which are not deleted: their records can still be read`
        : `Subject ${name} holds contracts of a stream, which are FULL_TRANSITIVE`,
    );
  }

  private isCitys(name: string): boolean {
    const kind = this.subject(name)?.kind;
    return kind === 'stream' || kind === 'view';
  }

  private subject(name: string): Subject | null {
    let subject = this.parsed.get(name);
    if (subject === undefined) {
      subject = parseSubject(name);
      if (this.parsed.size >= MOST_NAMES) this.parsed.clear();
      this.parsed.set(name, subject);
    }
    return subject;
  }

  private mayRead(caller: Caller, name: string): boolean {
    const subject = this.subject(name);
    if (subject === null) return false;
    const entitlements = subject.kind === 'view' ? this.entitlements.to(subject.topic) : [];
    return mayReadSubject(caller, subject, entitlements, new Date());
  }

  /** What one may not read is not there. */
  private requireSeen(caller: Caller, name: string): void {
    const sight = this.sightOf(caller);
    if (sight.sees(name)) return;
    sight.requireSettled();
    throw subjectNotFound(name);
  }

  /** Also where there is nothing, so that this answer tells nobody what exists. */
  private requireEntitlements(): void {
    if (this.entitlements.isKnown) return;
    throw new RegistryError('NOT_READY', 'The registry is still learning who may read what; try again shortly.');
  }
}

const denied = (caller: Caller, what: string, why: string): RegistryError =>
  new RegistryError('WRITE_DENIED', `${caller.principal} may not write ${what}: ${why}`);
