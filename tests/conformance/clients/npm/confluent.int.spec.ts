import { describe } from '@jest/globals';
import { KAFKAJS_ONLY, RARELY_ASKED } from '../registry-steps.js';
import { describeRegistry } from '../registry-suite.js';
import { nodeReport } from './toolchain.js';

describe('npm @confluentinc/schemaregistry', () => {
  describeRegistry((env) => nodeReport('confluent.mjs', env), {
    steps: {
      allBut: [
        ...KAFKAJS_ONLY,
        ...RARELY_ASKED,
        // The reader's schema is the latest of the subject: there is no way to name an older one.
        'new event for an old reader',
        'by id',
        'types',
        'contexts',
        'subjects of an id',
        'versions of an id',
        'referenced by',
        'serializers that normalise agree',
        'incompatible with any version',
        'level after it was taken back',
        'global mode',
        'mode that is not set',
        'registering where one may only read',
        'mode taken back',
        'registering again',
        'subjects with the deleted',
        'subjects at last',
        'odd name in the list',
        'odd name of an id',
        'strange prefix',
      ],
    },
  });
});
