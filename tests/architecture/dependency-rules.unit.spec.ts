import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openScratchCity, type ScratchCity, type Violation } from './scratch-city.js';

/** Each breaks one rule: the rule, the file that breaks it, and what that file imports. */
const BREACHES: [rule: string, file: string, imports: string][] = [
  ['layer-contracts', 'libs/contracts/src/a.ts', '@citystreams/avro'],
  ['layer-avro', 'libs/avro/src/a.ts', '@citystreams/domain'],
  ['layer-record-batch', 'libs/record-batch/src/a.ts', '@citystreams/avro'],
  ['layer-domain', 'libs/domain/src/a.ts', '@citystreams/policy'],
  ['layer-policy', 'libs/policy/src/a.ts', '@citystreams/domain'],
  ['layer-kafka', 'libs/kafka/src/a.ts', '@citystreams/nest'],
  ['layer-kafka', 'libs/kafka/src/b.ts', '@citystreams/domain'],
  ['layer-outbox', 'libs/outbox/src/a.ts', '@citystreams/kafka'],
  ['layer-postgres', 'libs/postgres/src/a.ts', '@citystreams/nest'],
  ['layer-nest', 'libs/nest/src/a.ts', '@citystreams/sdk'],
  ['layer-sdk', 'libs/sdk/src/a.ts', '@citystreams/domain'],
  ['layer-sdk', 'libs/sdk/src/b.ts', '@citystreams/nest'],
  ['pure-contracts-node', 'libs/contracts/src/b.ts', 'node:crypto'],
  ['pure-contracts-packages', 'libs/contracts/src/c.ts', 'yaml'],
  ['pure-avro-node', 'libs/avro/src/b.ts', 'node:fs'],
  ['pure-avro-packages', 'libs/avro/src/c.ts', 'zod'],
  ['pure-record-batch-node', 'libs/record-batch/src/b.ts', 'node:net'],
  ['pure-record-batch-packages', 'libs/record-batch/src/c.ts', 'avsc'],
  ['pure-domain-node', 'libs/domain/src/b.ts', 'node:fs'],
  ['pure-domain-node', 'libs/domain/src/c.ts', 'node:net'],
  ['pure-domain-node', 'libs/domain/src/d.ts', 'node:timers/promises'],
  ['pure-domain-packages', 'libs/domain/src/e.ts', '@nestjs/common'],
  ['no-app-to-app', 'apps/catalogue/src/a.ts', '../../gateway/src/index.js'],
  ['no-app-to-app', 'apps/agencies/futian/src/a.ts', '../../bao-an/src/index.js'],
  ['no-app-to-app', 'apps/agencies/futian/src/b.ts', '../../../router/src/index.js'],
  ['app-imports-libs-only', 'apps/gateway/src/a.ts', '@citystreams/stack'],
  ['nothing-imports-apps', 'libs/sdk/src/c.ts', '../../../apps/router/src/index.js'],
  ['nothing-imports-apps', 'tests/journeys/a.journey.spec.ts', '../../apps/router/src/index.js'],
  ['testing-from-tests-only', 'apps/catalogue/src/b.ts', '@citystreams/testing'],
  ['testing-from-tests-only', 'libs/sdk/src/d.ts', '@citystreams/testing'],
  ['kafka-clients-in-libs-kafka-only', 'apps/catalogue/src/c.ts', 'kafkajs'],
  ['kafka-clients-in-libs-kafka-only', 'libs/sdk/src/e.ts', '@platformatic/kafka'],
  ['nest-microservices-in-bao-an-only', 'apps/catalogue/src/d.ts', '@nestjs/microservices'],
  ['no-framework-below-nest', 'libs/postgres/src/b.ts', '@nestjs/common'],
  ['no-framework-below-nest', 'libs/kafka/src/c.ts', 'fastify'],
  ['no-deep-import', 'libs/sdk/src/f.ts', '../../avro/src/deep.js'],
  ['packages-by-name', 'libs/sdk/src/g.ts', '../../avro/src/index.js'],
  ['no-circular', 'libs/sdk/src/h.ts', './i.js'],
  ['not-to-unresolvable', 'libs/sdk/src/j.ts', './nowhere.js'],
  ['no-undeclared-dependency', 'libs/sdk/src/k.ts', 'ulid'],
  ['no-build-output', 'libs/sdk/src/n.ts', '../dist/index.js'],
  ['no-dev-dependency-in-product', 'libs/sdk/src/l.ts', 'fast-check'],
];

/** Each looks like a breach and is not one. */
const ALLOWED: [file: string, imports: string][] = [
  ['libs/domain/src/y.ts', '@citystreams/avro'],
  ['libs/domain/src/z.ts', 'node:crypto'],
  ['libs/domain/src/z.unit.spec.ts', 'node:fs'],
  ['libs/sdk/src/y.unit.spec.ts', 'fast-check'],
  ['libs/sdk/src/z.ts', '@citystreams/outbox'],
  ['apps/agencies/bao-an/src/z.ts', 'kafkajs'],
  ['apps/router/tests/z.int.spec.ts', '../src/index.js'],
  ['apps/router/tests/y.int.spec.ts', '@citystreams/testing'],
  ['tests/journeys/z.journey.spec.ts', 'kafkajs'],
];

let city: ScratchCity;
let violations: Violation[] = [];

beforeAll(() => {
  city = openScratchCity();
  city.write('libs/record-batch/package.json', '{ "name": "@citystreams/record-batch", "type": "module" }\n');
  city.write('libs/avro/src/deep.ts', 'export const deep = true;\n');
  city.write('libs/sdk/src/i.ts', "export * from './h.js';\n");
  city.write('libs/sdk/dist/index.js', 'export const built = true;\n');
  for (const [, file, imports] of BREACHES) city.write(file, `export * from '${imports}';\n`);
  for (const [file, imports] of ALLOWED) city.write(file, `export * from '${imports}';\n`);
  city.write('libs/sdk/src/m.ts', "import type { Kafka } from 'kafkajs';\nexport type K = Kafka;\n");
  violations = city.violations();
});
afterAll(() => city.close());

describe('dependency rules', () => {
  test.each(BREACHES)('%s is seen when %s imports %s', (rule, from) => {
    expect(violations).toContainEqual({ rule, from });
  });

  test.each(ALLOWED)('say nothing when %s imports %s', (from) => {
    expect(violations.filter((v) => v.from === from)).toEqual([]);
  });

  test('see an import of types alone', () => {
    expect(violations).toContainEqual({ rule: 'kafka-clients-in-libs-kafka-only', from: 'libs/sdk/src/m.ts' });
  });
});
