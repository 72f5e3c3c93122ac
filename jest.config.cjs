// CommonJS through swc: type checking is `npm run check`'s work, so the suite starts at once.

// As in the container. Otherwise graphql-js looks at everything that it is handed for a second copy of itself, which is an
// eighth of what the suite takes.
process.env.NODE_ENV = 'production';

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: [],
  runtime: '<rootDir>/test/support/jest-runtime.cjs',
  testSequencer: '<rootDir>/test/support/longest-first.cjs',
  // Ours first: an import is tried with each in turn.
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    // Exported for `import` only, which CommonJS does not ask for.
    '^cborg$': '<rootDir>/node_modules/cborg/cborg.js',
  },
  transform: {
    '^.+\\.[jt]s$': [
      '@swc/jest',
      { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  // These packages ship ES modules only.
  transformIgnorePatterns: [
    '/node_modules/(?!(jose|cborg|change-case|oidc-provider|lru-cache|multiformats|quick-lru|nanoid|koa|@graphql-codegen|auto-bind|.*eta)/)',
  ],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  testTimeout: 30000,
  maxWorkers: 2,
};
