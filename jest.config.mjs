/**
 * Tests run on the TypeScript sources, transformed file by file; types are the linter's business. The end-to-end tests run
 * the bundled program, which is built once before the first of them.
 */
// The thousands of processes of a run speak to themselves only; reading a bundle of authorities costs each of them 35 ms.
delete process.env['NODE_EXTRA_CA_CERTS'];

const shared = {
  testEnvironment: 'node',
  transform: { '\\.(?:ts|mjs|js)$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } }] },
  transformIgnorePatterns: ['/node_modules/(?!(?:chalk|jose|@marcbachmann)/)'],
  extensionsToTreatAsEsm: [],
};

export default {
  // One more than CI has cores: many tests wait for other processes.
  maxWorkers: 3,
  // What takes long on a busy machine is not wrong.
  testTimeout: 30_000,
  testSequencer: '<rootDir>/tests/sequencer.mjs',
  projects: [
    { ...shared, displayName: 'parts', roots: ['<rootDir>/tests'], testMatch: ['**/*.test.ts'], testPathIgnorePatterns: ['/node_modules/', '<rootDir>/tests/e2e/'] },
    {
      ...shared,
      displayName: 'whole',
      roots: ['<rootDir>/tests/e2e'],
      testMatch: ['**/*.test.ts'],
      globalSetup: '<rootDir>/tests/e2e/global-setup.ts',
      globalTeardown: '<rootDir>/tests/e2e/global-teardown.ts',
    },
  ],
};
