import type { Caller } from '@citystreams/nest';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { GLOBAL_SCOPE, type Mode, type SubjectConfig, type SubjectSettings } from '../../schemas/registry-settings.js';
import { SchemaChanges } from '../../schemas/schema.changes.js';
import { SchemaStore } from '../../schemas/schema.store.js';
import {
  type ConfigRequest,
  compatibilityLevel,
  mode as modeNamed,
  type ModeRequest,
} from '../http/registry-payloads.js';
import { readMetadata } from '../reading/candidates.js';
import { type EffectiveConfig, isForAll, Settings } from '../reading/settings.js';
import { invalidSubject, notPermitted, referenceExists, RegistryError, subjectNotFound } from '../registry-error.js';
import { REGISTRY_RULES, type RegistryRules } from '../rules/registry-rules.js';
import { isRegistrable } from '../subject-name.js';

/** Changes configurations and modes. `subject` is a canonical name, or one of the keys for all. */
@Injectable()
export class SettingsWriter {
  constructor(
    private readonly changes: SchemaChanges,
    private readonly store: SchemaStore,
    private readonly settings: Settings,
    @Inject(REGISTRY_RULES) private readonly rules: RegistryRules,
  ) {}

  /** @returns what is set now; where a level is fixed that promises what was asked for, this level */
  async updateConfig(caller: Caller, subject: string, request: ConfigRequest): Promise<SubjectConfig> {
    const change = changeIn(request);
    if (!isForAll(subject) && !isRegistrable(subject)) throw invalidSubject(subject);
    const fixed = this.rules.fixedLevel(subject);
    if (fixed !== null && keptByFullTransitive(change)) {
      await this.rules.requireWrite(caller, 'agree', subject);
      return { compatibilityLevel: fixed };
    }
    return this.write(caller, subject, async (stored) => {
      this.requireWritable(subject);
      const config = defined({ ...stored.config, ...change });
      return { settings: { ...stored, config }, result: config };
    });
  }

  /** @returns what was set before */
  async deleteConfig(caller: Caller, subject: string): Promise<EffectiveConfig> {
    return this.write(caller, subject, async (stored) => {
      const config = this.settings.config(subject);
      if (config === null) throw subjectNotFound(subject);
      this.requireWritable(subject);
      return { settings: { ...stored, config: null }, result: config };
    });
  }

  async updateMode(caller: Caller, subject: string, request: ModeRequest, force: boolean): Promise<void> {
    if (!isForAll(subject) && !isRegistrable(subject)) throw invalidSubject(subject);
    const mode = typeof request.mode === 'string' ? modeNamed(request.mode) : null;
    if (mode === 'FORWARD' && subject !== GLOBAL_SCOPE) {
      throw new RegistryError('INVALID_MODE', 'Forward mode only supported on global level');
    }
    await this.write(caller, subject, async (stored, tx) => {
      if (mode === 'IMPORT' && this.settings.effectiveMode(subject) !== 'IMPORT' && !force) {
        await this.makeRoom(tx, subject);
      }
      return { settings: { ...stored, mode }, result: undefined };
    });
  }

  /**
   * @param recursively also the modes of all subjects, if the default context is meant
   * @returns the mode that was set before; null when none was
   */
  async deleteMode(caller: Caller, subject: string, recursively: boolean): Promise<Mode | null> {
    return this.write(caller, subject, async (stored, tx) => {
      const mode = this.settings.mode(subject);
      if (mode === null && !recursively) throw subjectNotFound(subject);
      if (recursively && isForAll(subject)) {
        for (const [other, settings] of this.changes.index.allSettings()) {
          if (settings.mode !== null) await this.store.saveSettings(tx, other, { ...settings, mode: null });
        }
      }
      return { settings: { ...stored, mode: null }, result: mode };
    });
  }

  private async write<T>(
    caller: Caller,
    subject: string,
    change: (stored: SubjectSettings, tx: EntityManager) => Promise<{ settings: SubjectSettings; result: T }>,
  ): Promise<T> {
    await this.rules.requireWrite(caller, 'configure', isForAll(subject) ? null : subject);
    return this.store.registering(async (tx) => {
      await this.changes.takeFrom(tx);
      const { settings, result } = await change(this.settings.stored(subject), tx);
      await this.store.saveSettings(tx, subject, settings);
      return result;
    });
  }

  /** What is imported brings its own numbers: nothing may be there, and what was deleted goes for good. */
  private async makeRoom(tx: EntityManager, subject: string): Promise<void> {
    const { index } = this.changes;
    const subjects = isForAll(subject) ? [...index.subjects()] : [subject];
    if (subjects.some((name) => index.latest(name) !== undefined)) {
      throw notPermitted('Cannot import since found existing subjects');
    }
    for (const name of subjects) {
      const versions = index.versions(name);
      const held = versions.find(({ version }) => index.referringTo(name, version).length > 0);
      if (held !== undefined) throw referenceExists(name, held.version);
      if (versions.length > 0) {
        const numbers = versions.map(({ version }) => version);
        await this.store.remove(tx, name, numbers, 'gone');
      }
    }
  }

  private requireWritable(subject: string): void {
    if (this.settings.isReadOnly(subject)) throw notPermitted(`Subject ${subject} in context  is in read-only mode`);
  }
}

type Change = { [K in keyof SubjectConfig]: SubjectConfig[K] | undefined };

/** Asks for a level and nothing else, and for one that is kept where FULL_TRANSITIVE is. */
function keptByFullTransitive({ compatibilityLevel, ...others }: Change): boolean {
  return compatibilityLevel !== undefined && compatibilityLevel !== 'NONE' && Object.keys(others).length === 0;
}

/** Null clears a member. Throws INVALID_COMPATIBILITY_LEVEL. */
function changeIn(request: ConfigRequest): Change {
  const { compatibility, compatibilityPolicy: policy, defaultMetadata, overrideMetadata, ...plain } = request;
  if (typeof policy === 'string' && !['STRICT', 'LENIENT'].includes(policy.toUpperCase())) {
    throw new RegistryError('UNPROCESSABLE', `The compatibility policy ${policy} is not supported`);
  }
  const given: Record<string, unknown> = {
    ...plain,
    ...('compatibility' in request && {
      compatibilityLevel: typeof compatibility === 'string' ? compatibilityLevel(compatibility) : null,
    }),
    ...('compatibilityPolicy' in request && { compatibilityPolicy: policy?.toUpperCase() }),
    ...('defaultMetadata' in request && { defaultMetadata: defaultMetadata && readMetadata(defaultMetadata) }),
    ...('overrideMetadata' in request && { overrideMetadata: overrideMetadata && readMetadata(overrideMetadata) }),
  };
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, value ?? undefined]));
}

const defined = (config: object): SubjectConfig =>
  Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined)) as SubjectConfig;
