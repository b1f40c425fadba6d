import { describe } from '@jest/globals';
import { KAFKAJS_ONLY } from '../registry-steps.js';
import { describeRegistry } from '../registry-suite.js';
import { javaReport } from './toolchain.js';

describe('Java org.apache.avro', () => {
  describeRegistry((env) => javaReport('RegistryScenario', env), {
    steps: {
      allBut: [
        ...KAFKAJS_ONLY,
        // Confluent's serializers are not on Maven Central: this program speaks plain HTTP.
        'round trip with the guid in a header',
        'serializers that normalise agree',
        'ids of a guid',
        'all schemas',
        'configuration set',
        'configuration as it was set',
      ],
    },
  });
});
