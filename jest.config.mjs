const swc = {
  jsc: {
    target: 'es2024',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    keepClassNames: true,
  },
  module: { type: 'es6' },
  sourceMaps: 'inline',
};

const project = (displayName, testMatch, testPathIgnorePatterns, extra = {}) => ({
  displayName,
  testEnvironment: 'node',
  // Workspace packages resolve to their sources: tests never see a stale build.
  testEnvironmentOptions: { customExportConditions: ['source', 'node'] },
  testMatch,
  testPathIgnorePatterns: ['/node_modules/', '/dist/', ...testPathIgnorePatterns],
  modulePathIgnorePatterns: ['/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  setupFiles: ['reflect-metadata'],
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
  ...extra,
});

export default {
  projects: [
    project('unit', ['<rootDir>/{libs,apps,tools}/**/*.spec.ts'], ['\\.int\\.spec\\.ts$', '\\.e2e\\.spec\\.ts$']),
    project('int', ['<rootDir>/{libs,apps}/**/*.int.spec.ts'], [], {
      globalSetup: '<rootDir>/libs/testing/jest/global-setup.mjs',
      globalTeardown: '<rootDir>/libs/testing/jest/global-teardown.mjs',
    }),
    project('e2e', ['<rootDir>/apps/e2e/**/*.e2e.spec.ts'], [], {
      globalSetup: '<rootDir>/libs/testing/jest/e2e-setup.mjs',
    }),
  ],
  maxWorkers: 2,
  testSequencer: '<rootDir>/tools/long-first.mjs',
  // Real databases and brokers share the machine with whatever else runs on it: no test is about a few seconds.
  testTimeout: 30_000,
};
