import type { CompatibilityLevel } from '@citystreams/avro';
import type { SchemaMetadata } from './schema.model.js';

/** What can be set for a subject, or for all; an absent member is not set. */
export interface SubjectConfig {
  alias?: string;
  normalize?: boolean;
  validateFields?: boolean;
  validateNewSchemas?: boolean;
  validateRules?: boolean;
  compatibilityLevel?: CompatibilityLevel;
  compatibilityPolicy?: string;
  compatibilityGroup?: string;
  defaultMetadata?: SchemaMetadata;
  overrideMetadata?: SchemaMetadata;
}

export const MODES = ['READWRITE', 'READONLY', 'READONLY_OVERRIDE', 'IMPORT', 'FORWARD'] as const;
export type Mode = (typeof MODES)[number];

export interface SubjectSettings {
  config: SubjectConfig | null;
  mode: Mode | null;
}

/** Keys of settings that belong to no subject. */
export const ALL_SUBJECTS = '';
/** The original's scope above all contexts; here it is asked after `ALL_SUBJECTS`. */
export const GLOBAL_SCOPE = ':.__GLOBAL:';
