export { parsingCanonicalForm } from './canonical.js';
export { type Codec, compileCodec, type Violation } from './codec.js';
export {
  COMPATIBILITY_LEVELS,
  type CompatibilityLevel,
  checkCompatibility,
  checkLevel,
  type Difference,
  type DifferenceKind,
  type ExistingVersion,
  type LevelFinding,
  type MeaningChange,
  meaningChanges,
  registryMessages,
} from './compatibility/index.js';
export { type Contract, type ContractResult, parseContract, schemaProblem } from './contract.js';
export {
  type NameRule,
  type ReadOptions,
  type ResolvedSchema,
  readSchema,
  type SchemaResult,
} from './declaration/index.js';
export { crc64, type Fingerprints, fingerprints, normalise, parsingForm, registryText } from './fingerprint/index.js';
export { type Frame, frameOf, readFrame } from './frame.js';
export { leavesOf } from './keep.js';
export { checkPredicate, compilePredicate } from './predicate.js';
export {
  compileProjection,
  keyBytes,
  PredicateFailed,
  type ProjectedEvent,
  type Projection,
  type ProjectionOptions,
  Undecodable,
} from './projection.js';
export type { AvroField, AvroObject, AvroRecord, AvroType } from './schema.js';
export { compareVersions } from './versions.js';
export { projectSchema } from './view-schema.js';
