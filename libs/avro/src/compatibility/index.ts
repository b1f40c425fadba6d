export { checkCompatibility } from './check.js';
export type { Difference, DifferenceKind } from './difference.js';
export {
  COMPATIBILITY_LEVELS,
  type CompatibilityLevel,
  checkLevel,
  type ExistingVersion,
  type LevelFinding,
} from './levels.js';
export { type MeaningChange, meaningChanges } from './meaning.js';
export { registryMessages } from './registry-messages.js';
export { successionFindings } from './succession.js';
