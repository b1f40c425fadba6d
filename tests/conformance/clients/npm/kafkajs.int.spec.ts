import { describe } from '@jest/globals';
import { KAFKAJS_ONLY } from '../registry-steps.js';
import { describeRegistry } from '../registry-suite.js';
import { nodeReport } from './toolchain.js';

describe('npm @kafkajs/confluent-schema-registry', () => {
  describeRegistry((env) => nodeReport('kafkajs.mjs', env), {
    steps: {
      only: [
        ...KAFKAJS_ONLY,
        'round trip',
        'same id again',
        'same id without registering',
        'latest version is used',
        'latest version of an unknown subject',
        'old event for a new reader',
        'new event for an old reader',
        'unknown id',
        'unknown subject',
        'unknown version',
        'by version',
        'round trip with a reference',
        'registering what is incompatible',
        'ids of many at once',
      ],
    },
    hidesCodes: true,
  });
});
