import { describeClient } from '../harness/toolchain.js';
import { KAFKAJS_ONLY, RARELY_ASKED } from '../registry-steps.js';
import { describeRegistry } from '../registry-suite.js';
import { findPython } from './toolchain.js';

describeClient('Python confluent-kafka', findPython(), (python) => {
  describeRegistry((env) => python.report('registry.py', env), {
    steps: { allBut: [...KAFKAJS_ONLY, ...RARELY_ASKED] },
  });
});
