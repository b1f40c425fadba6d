// Who may import whom. One row per layer; everything that a row does not name is forbidden.

/** Our own packages that the product code of a library may import. */
const LAYERS = {
  contracts: [],
  avro: ['contracts'],
  'record-batch': ['contracts'],
  domain: ['contracts', 'avro'],
  policy: ['contracts'],
  schemas: ['contracts', 'avro', 'policy'],
  kafka: ['contracts', 'avro', 'record-batch'],
  outbox: ['contracts'],
  postgres: ['contracts', 'domain', 'outbox'],
  nest: ['contracts', 'domain', 'kafka', 'postgres', 'outbox'],
  sdk: ['contracts', 'avro', 'kafka', 'outbox'],
};

/** Pure layers, and the only packages and parts of Node that they may use: no I/O, no framework, no clock. */
const PURE = {
  contracts: { packages: ['zod'], core: [] },
  avro: { packages: ['avsc'], core: ['crypto', 'buffer'] },
  'record-batch': { packages: ['@node-rs/crc32', '@platformatic/wasm-utils'], core: ['buffer', 'zlib'] },
  domain: { packages: ['@marcbachmann/cel-js', 'canonicalize'], core: ['crypto'] },
};

const OURS = '^(libs|apps|tools|tests)/';
const SPEC = '[.]spec[.]ts$';
const TEST_CODE = `(${SPEC}|^apps/(agencies/)?[^/]+/tests/|^tests/|^libs/testing/)`;
/** One package of the workspace; the capture is its folder. */
const PACKAGE = '^(libs/[^/]+|apps/agencies/[^/]+|apps/[^/]+|tools/[^/]+|tests/[^/]+)/';
const productOf = (library) => ({ path: `^libs/${library}/`, pathNot: SPEC });
const anyOf = (names) => (names.length === 0 ? '(?!)' : `(${names.join('|')})`);

const layerRules = Object.entries(LAYERS).map(([library, allowed]) => ({
  name: `layer-${library}`,
  comment: `libs/${library} may import of ours: ${allowed.join(', ') || 'nothing'}`,
  severity: 'error',
  from: productOf(library),
  to: { path: OURS, pathNot: `^libs/${anyOf([library, ...allowed])}/` },
}));

const purityRules = Object.entries(PURE).flatMap(([library, { packages, core }]) => [
  {
    name: `pure-${library}-packages`,
    comment: `libs/${library} is pure: of other packages only ${packages.join(', ') || 'none'}`,
    severity: 'error',
    from: productOf(library),
    to: { path: 'node_modules/', pathNot: `node_modules/${anyOf(packages)}/` },
  },
  {
    name: `pure-${library}-node`,
    comment: `libs/${library} is pure: of Node only ${core.join(', ') || 'nothing'}`,
    severity: 'error',
    from: productOf(library),
    to: { dependencyTypes: ['core'], pathNot: `^(node:)?${anyOf(core)}$` },
  },
]);

export default {
  forbidden: [
    ...layerRules,
    ...purityRules,
    {
      name: 'no-app-to-app',
      comment: 'services talk over HTTP or Kafka',
      severity: 'error',
      from: { path: '^apps/(agencies/[^/]+|[^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'app-imports-libs-only',
      severity: 'error',
      from: { path: '^apps/', pathNot: TEST_CODE },
      to: { path: '^(tools|tests)/' },
    },
    {
      name: 'evidence-verifier-alone',
      comment: 'it recomputes the chain from its published format, so it shares nothing with what writes it',
      severity: 'error',
      from: { path: '^apps/cli/src/audit/verify/', pathNot: SPEC },
      to: { pathNot: ['^apps/cli/src/audit/verify/', '^(node:)?crypto$'] },
    },
    {
      name: 'nothing-imports-apps',
      comment: 'journeys go through public interfaces; a specification of an app lies in that app',
      severity: 'error',
      from: { path: '^(libs|tools|tests)/' },
      to: { path: '^apps/' },
    },
    {
      name: 'testing-from-tests-only',
      severity: 'error',
      from: { pathNot: TEST_CODE },
      to: { path: '^libs/testing/' },
    },
    {
      name: 'kafka-clients-in-libs-kafka-only',
      comment: "bao-an shows Nest's own transport; tests use foreign clients on purpose",
      severity: 'error',
      from: { path: OURS, pathNot: ['^libs/kafka/', '^apps/agencies/bao-an/', TEST_CODE] },
      to: { path: 'node_modules/(@platformatic/kafka|kafkajs)/' },
    },
    {
      name: 'nest-microservices-in-bao-an-only',
      comment: 'its Kafka transport loses acknowledged records unless each send names one partition',
      severity: 'error',
      from: { path: OURS, pathNot: '^apps/agencies/bao-an/' },
      to: { path: 'node_modules/@nestjs/microservices/' },
    },
    {
      name: 'no-framework-below-nest',
      severity: 'error',
      from: { path: '^libs/', pathNot: ['^libs/nest/', '^libs/testing/', SPEC] },
      to: { path: 'node_modules/(@nestjs/|fastify/)' },
    },
    {
      name: 'no-deep-import',
      comment: 'another package is what its index exports',
      severity: 'error',
      from: { path: PACKAGE },
      to: { path: '^(libs|tools)/[^/]+/src/(?!index[.]ts$)', pathNot: '^$1/' },
    },
    {
      name: 'packages-by-name',
      comment: 'a path that climbs out of its package hides a dependency that package.json does not declare',
      severity: 'error',
      from: { path: PACKAGE },
      to: { path: OURS, pathNot: '^$1/', dependencyTypes: ['local'], dependencyTypesNot: ['aliased-workspace'] },
    },
    {
      name: 'no-build-output',
      severity: 'error',
      from: { path: OURS },
      to: { path: '^(libs|apps|tools|tests)/.*/dist/', pathNot: 'node_modules/' },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-undeclared-dependency',
      severity: 'error',
      from: { path: OURS },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-dev-dependency-in-product',
      severity: 'error',
      from: { path: '^(libs|apps)/', pathNot: TEST_CODE },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: '(^|/)(node_modules|dist)/' },
    combinedDependencies: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@citystreams/source', 'import', 'node', 'default'],
      extensions: ['.ts', '.mjs', '.js'],
    },
  },
};
