import { describeClient } from '../harness/toolchain.js';
import { KAFKAJS_ONLY } from '../registry-steps.js';
import { describeRegistry } from '../registry-suite.js';
import { findGo } from './toolchain.js';

describeClient('Go franz-go/pkg/sr', findGo(), (go) => {
  describeRegistry((env) => go.report([], env), {
    steps: {
      allBut: [
        ...KAFKAJS_ONLY,
        // Its serde leaves schemas to its user.
        'round trip with the guid in a header',
        'serializers that normalise agree',
        'by id and subject',
        'incompatible with any version',
        'unknown level',
        'latest with metadata',
        'metadata nobody has',
      ],
    },
  });
});
