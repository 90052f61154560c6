import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

const services = ['signal-ingestion', 'health-scoring', 'renewal-forecasting', 'playbook-orchestration', 'notifications', 'gateway'];
const testedWith = ['persistence', 'messaging', 'service-kit'];
const ban = (selector, message) => ({ selector, message });

/** Time and chance come in as arguments. */
const hiddenInputs = [
  ban("CallExpression[callee.object.name='Date'][callee.property.name='now']", 'the pure core has no clock: take the time as an argument'),
  ban("NewExpression[callee.name='Date'][arguments.length=0]", 'the pure core has no clock: take the time as an argument'),
  ban("MemberExpression[object.name='Math'][property.name='random']", 'the pure core has no chance: take it as an argument'),
  ban("MemberExpression[object.property.name='Now'][object.object.name='Temporal']", 'the pure core has no clock: take the time as an argument'),
];

export default tseslint.config(
  { ignores: ['**/dist', '**/node_modules', '.nx', '**/*.mjs', '**/*.cjs', '**/*.js'] },
  ...tseslint.configs.recommendedTypeChecked,
  { languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } } },
  {
    files: ['**/*.ts', '**/*.tsx'],
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          enforceBuildableLibDependency: false,
          allow: [],
          // Tests of the libraries that the testing library stands on use it; their sources may not (below).
          ignoredCircularDependencies: testedWith.map((name) => [`@perennial/${name}`, '@perennial/testing']),
          // Loading an adapter or a command late keeps starts quick; nothing here is bundled, so the rule's reason is not ours.
          checkDynamicDependenciesExceptions: ['@perennial/**'],
          depConstraints: [
            { sourceTag: 'type:app', onlyDependOnLibsWithTags: ['type:lib'] },
            // The one named exception: the command line composes all services in one process.
            { sourceTag: 'type:tool', onlyDependOnLibsWithTags: ['type:lib', 'type:app'] },
            { sourceTag: 'type:lib', onlyDependOnLibsWithTags: ['type:lib'] },
            { sourceTag: 'type:e2e', onlyDependOnLibsWithTags: ['type:lib'] },
            ...services.map((name) => ({ sourceTag: `scope:${name}`, onlyDependOnLibsWithTags: [`scope:${name}`, 'scope:shared'] })),
            { sourceTag: 'scope:shared', onlyDependOnLibsWithTags: ['scope:shared'] },
          ],
        },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      // `@Consumes` classes and fakes implement async ports without awaiting.
      '@typescript-eslint/require-await': 'off',
      'no-console': 'error',
    },
  },
  {
    // kafkajs is imported in one place.
    files: ['**/*.ts'],
    ignores: ['libs/messaging/src/kafka/**', 'libs/messaging/test/**', 'libs/testing/**', 'apps/e2e/**', 'bench/**', 'chaos/**', 'apps/*/test/**'],
    rules: { 'no-restricted-imports': ['error', { paths: [{ name: 'kafkajs', message: 'talk to the EventLog port; kafkajs lives in libs/messaging/src/kafka' }] }] },
  },
  {
    files: testedWith.map((name) => `libs/${name}/src/**/*.ts`),
    ignores: ['**/*.spec.ts'],
    rules: { 'no-restricted-syntax': ['error', ban('ImportDeclaration[source.value=/^@perennial.testing/]', 'the testing library stands on this one: only tests may use it')] },
  },
  {
    files: ['apps/*/src/domain/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-globals': ['error', 'process', 'setTimeout', 'setInterval', 'setImmediate', 'fetch', 'performance', 'crypto', 'console', 'queueMicrotask'],
      'no-restricted-syntax': ['error', ...hiddenInputs],
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['@nestjs/*', 'typeorm', 'pg', 'kafkajs', 'undici', 'pino', 'node:*', 'fs', 'crypto', 'http', 'rxjs', '@opentelemetry/*'], message: 'domain/ is pure: no framework, database, I/O or clock' },
            { group: ['**/application/**', '**/persistence/**', '**/messaging/**', '**/http/**', '**/edge/**', '@perennial/messaging/*', '@perennial/persistence/*', '@perennial/service-kit/*'], message: 'domain/ depends on nothing outside itself but the contracts' },
          ],
        },
      ],
    },
  },
  {
    files: ['apps/*/src/application/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['typeorm', 'pg', 'kafkajs', 'fastify', '@nestjs/platform-fastify', '@nestjs/typeorm'], message: 'application/ talks to ports, not to a database or a server' },
            { group: ['**/persistence/**', '**/messaging/**', '**/http/**', '**/edge/**', '!@perennial/persistence/**', '!@perennial/messaging/**', '!@perennial/service-kit/http/**'], message: 'application/ is used by these, not the other way round' },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.spec.ts', '**/test/**/*.ts', 'apps/e2e/**/*.ts'],
    rules: { '@typescript-eslint/no-unsafe-assignment': 'off', '@typescript-eslint/no-unsafe-member-access': 'off', '@typescript-eslint/no-unsafe-argument': 'off' },
  },
  { files: ['apps/cli/**/*.ts', 'tools/**/*.ts', 'bench/**/*.ts', 'chaos/**/*.ts'], rules: { 'no-console': 'off' } },
);
