/** The registry's seven compatibility levels (Confluent Schema Registry: CompatibilityLevel, CompatibilityChecker). */
import type { ResolvedSchema } from '../declaration/index.js';
import { checkCompatibility } from './check.js';
import type { Difference } from './difference.js';

export const COMPATIBILITY_LEVELS = [
  'NONE',
  'BACKWARD',
  'BACKWARD_TRANSITIVE',
  'FORWARD',
  'FORWARD_TRANSITIVE',
  'FULL',
  'FULL_TRANSITIVE',
] as const;
export type CompatibilityLevel = (typeof COMPATIBILITY_LEVELS)[number];

export interface ExistingVersion {
  version: number;
  schema: ResolvedSchema;
}

export interface LevelFinding {
  /** The version that the candidate does not go together with. */
  version: number;
  /** Which of the two fails to read the other's data. */
  reader: 'new' | 'old';
  difference: Difference;
}

/**
 * Every difference that the level does not allow, newest version first; with `firstOnly` those of one version, where
 * the registry stops. `existing`: oldest first. BACKWARD asks that the candidate reads what was written before, FORWARD
 * that what is read today reads the candidate's data; without TRANSITIVE only the newest version counts.
 */
export function checkLevel(
  level: CompatibilityLevel,
  candidate: ResolvedSchema,
  existing: readonly ExistingVersion[],
  options: { firstOnly?: boolean } = {},
): LevelFinding[] {
  if (level === 'NONE') return [];
  const findings: LevelFinding[] = [];
  for (const { version, schema } of level.endsWith('_TRANSITIVE') ? existing.toReversed() : existing.slice(-1)) {
    if (!level.startsWith('BACKWARD')) {
      const differences = checkCompatibility(schema, candidate);
      for (const difference of differences) findings.push({ version, reader: 'old', difference });
    }
    if (!level.startsWith('FORWARD')) {
      const differences = checkCompatibility(candidate, schema);
      for (const difference of differences) findings.push({ version, reader: 'new', difference });
    }
    if (options.firstOnly === true && findings.length > 0) break;
  }
  return findings;
}
