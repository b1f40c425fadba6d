// Five levels, told apart by file name. Run all through `npm test`; one file, once `npm run build` has run, with
//   node --experimental-vm-modules node_modules/jest/bin/jest.js --selectProjects unit libs/domain/src/x.unit.spec.ts
import preset from './jest.preset.mjs';

const roots = ['<rootDir>/libs', '<rootDir>/apps', '<rootDir>/tools', '<rootDir>/tests'];

export default {
  // Modules of a spec file stay in memory until its worker ends.
  workerIdleMemoryLimit: '512MB',
  projects: [
    // Pure: no process, no network, no Kafka, no PostgreSQL.
    { ...preset, displayName: 'unit', roots, testMatch: ['**/*.unit.spec.ts'] },
    // Real Kafka, PostgreSQL and issuer, one set for the whole run.
    {
      ...preset,
      displayName: 'integration',
      roots,
      testMatch: ['**/*.int.spec.ts'],
      // Jest loads these outside the test environment, where our packages mean their build.
      globalSetup: '<rootDir>/libs/testing/dist/global-setup.js',
      globalTeardown: '<rootDir>/libs/testing/dist/global-teardown.js',
    },
    // The same, for a service that answers to whatever the control topics say: what other specs write there to play that
    // service's part would be its work too, and its reports would be news to them.
    {
      ...preset,
      displayName: 'alone',
      roots: ['<rootDir>/apps'],
      testMatch: ['**/*.alone.spec.ts'],
      globalSetup: '<rootDir>/libs/testing/dist/global-setup.js',
      globalTeardown: '<rootDir>/libs/testing/dist/global-teardown.js',
    },
    // The router while everything around it breaks, with a Kafka of its own; fixed seeds.
    {
      ...preset,
      displayName: 'resilience',
      roots: ['<rootDir>/tests/resilience'],
      testMatch: ['**/*.resilience.spec.ts'],
    },
    // A city's story through public interfaces; each journey starts the whole stack with a data directory of its own.
    { ...preset, displayName: 'journey', roots: ['<rootDir>/tests/journeys'], testMatch: ['**/*.journey.spec.ts'] },
  ],
};
