import type { CompatibilityLevel } from '@citystreams/avro';
import { Inject, Injectable } from '@nestjs/common';
import {
  ALL_SUBJECTS,
  GLOBAL_SCOPE,
  type Mode,
  type SubjectConfig,
  type SubjectSettings,
} from '../../schemas/registry-settings.js';
import { SchemaChanges } from '../../schemas/schema.changes.js';
import { REGISTRY_RULES, type RegistryRules } from '../rules/registry-rules.js';

export type EffectiveConfig = SubjectConfig & { compatibilityLevel: CompatibilityLevel };

const DEFAULT_MODE: Mode = 'READWRITE';

/** What is set, and what holds: a subject's own setting, else the one for all, else the default. */
@Injectable()
export class Settings {
  constructor(
    private readonly changes: SchemaChanges,
    @Inject(REGISTRY_RULES) private readonly rules: RegistryRules,
  ) {}

  /** As it was set; null when nothing was. */
  stored(subject: string): SubjectSettings {
    return this.changes.index.settings(subject);
  }

  /** What is told as set: for all subjects always something. */
  config(subject: string): EffectiveConfig | null {
    const { config } = this.stored(subject);
    // A level that was not set is the default one, not the one for all: as in the original.
    if (config !== null) return { compatibilityLevel: this.rules.defaultLevel, ...config };
    return isForAll(subject) ? { compatibilityLevel: this.rules.defaultLevel } : null;
  }

  effectiveConfig(subject: string): EffectiveConfig {
    const fixed = this.rules.fixedLevel(subject);
    if (fixed !== null) return { compatibilityLevel: fixed };
    const forAll = this.config(ALL_SUBJECTS)!;
    const own = isForAll(subject) ? null : this.config(subject);
    if (own === null) return this.stored(ALL_SUBJECTS).config === null ? (this.config(GLOBAL_SCOPE) ?? forAll) : forAll;
    return {
      ...own,
      ...inherited('normalize', own, forAll),
      ...inherited('validateFields', own, forAll),
      ...inherited('validateNewSchemas', own, forAll),
      ...inherited('validateRules', own, forAll),
      ...inherited('compatibilityPolicy', own, forAll),
      ...inherited('compatibilityGroup', own, forAll),
    };
  }

  mode(subject: string): Mode | null {
    return this.stored(subject).mode ?? (isForAll(subject) ? DEFAULT_MODE : null);
  }

  effectiveMode(subject: string): Mode {
    return (
      this.stored(subject).mode ?? this.stored(ALL_SUBJECTS).mode ?? this.stored(GLOBAL_SCOPE).mode ?? DEFAULT_MODE
    );
  }

  isReadOnly(subject: string): boolean {
    const mode = this.effectiveMode(subject);
    return mode === 'READONLY' || mode === 'READONLY_OVERRIDE';
  }

  /** The subject that is meant by this one. */
  aliased(subject: string): string {
    const alias = this.stored(subject).config?.alias;
    return alias === undefined || alias === '' ? subject : alias;
  }
}

export const isForAll = (subject: string): boolean => subject === ALL_SUBJECTS || subject === GLOBAL_SCOPE;

export const importsOrForwards = (mode: Mode): boolean => mode === 'IMPORT' || mode === 'FORWARD';

function inherited(name: keyof SubjectConfig, own: SubjectConfig, forAll: SubjectConfig): SubjectConfig {
  const value = own[name] ?? forAll[name];
  return value === undefined ? {} : { [name]: value };
}
