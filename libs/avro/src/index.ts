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
export { contractChanges } from './contract.changes.js';
export {
  type ComparableContract,
  type Contract,
  type ContractResult,
  parseContract,
  schemaProblem,
} from './contract.js';
export {
  type NameRule,
  type ReadOptions,
  type ResolvedSchema,
  readSchema,
  type SchemaResult,
} from './declaration/index.js';
export { crc64, type Fingerprints, fingerprints, normalise, parsingForm, registryText } from './fingerprint/index.js';
export { contractDefaults } from './contract-defaults.js';
export { type Frame, frameOf, readFrame } from './frame.js';
export { type ChangingMask, leavesOf, type Masks } from './keep.js';
export { checkMasks, type FieldMask, fieldMask, fieldsAt } from './masks/field.mask.js';
export type { LeafRule } from './masks/leaf.rule.js';
export { deriveMaskKey, type MaskKeys } from './masks/mask.key.js';
export { compileValueMask } from './masks/value.mask.js';
export { type AvroNode, resolveRecord } from './model.js';
export { type JsonBytes, type JsonCodec, openJsonCodec } from './json/json.codec.js';
export type { JsonViolation } from './json/json.value.js';
export { parseExactJson } from './json/numeral.js';
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
export { type ByteView, type ByteViewOptions, compileByteView } from './projector/byte.view.js';
export { INSTANT_BYTES, writeInstant } from './projector/instant.js';
export { KeyedHash } from './projector/keyed.hash.js';
export { MalformedEvent, type MalformedCode } from './projector/malformed.error.js';
export { compileProjector } from './projector/projector.js';
export {
  compileScanner,
  type EventScanner,
  MOST_EVENT_BYTES,
  type ScannedEvent,
  type ScannerOptions,
} from './projector/scanner.js';
export { sampleOf } from './sample.js';
export type { AvroField, AvroObject, AvroRecord, AvroType } from './schema.js';
export { checkLevels, checkSuccession, type EarlierVersion, parseStreamContract } from './stream-contract.js';
export { compareVersions } from './versions.js';
export { projectSchema } from './view-schema.js';
