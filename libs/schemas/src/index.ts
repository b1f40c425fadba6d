export { type CityRules, readCityRules } from './city-rules.js';
export { checkAgainstLevel, checkConcepts } from './manifest.js';
export { type SchemaProblem, SchemasInvalid } from './problem.js';
export {
  checkSchemas,
  type CheckedSchemas,
  checkStream,
  type ContractVersion,
  isStreamFolder,
  readSchemas,
  type StreamFiles,
} from './schema-folder.js';
