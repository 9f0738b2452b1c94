/** Tests run on the TypeScript sources, transformed file by file; types are the linter's business. */
export default {
  roots: ['<rootDir>/tests'],
  testMatch: ['**/*.test.ts'],
  testEnvironment: 'node',
  transform: { '\\.(?:ts|mjs|js)$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } }] },
  transformIgnorePatterns: ['/node_modules/(?!(?:chalk)/)'],
  extensionsToTreatAsEsm: [],
  maxWorkers: 2,
};
