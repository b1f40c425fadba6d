export { crc64 } from './crc64.js';
export { type Fingerprints, fingerprints } from './fingerprints.js';
export { normalise } from './normalise.js';
export { parsingForm } from './parsing-form.js';
export { registryText } from './registry-text.js';
