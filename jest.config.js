/** @type {import('jest').Config} */
module.exports = {
	rootDir: __dirname,
	roots: ['<rootDir>/nodes', '<rootDir>/credentials', '<rootDir>/test'],
	testMatch: ['<rootDir>/test/**/*.test.ts'],
	testEnvironment: 'node',
	// The engines are packages of their own, with thousands of files that nobody imports by name.
	modulePathIgnorePatterns: ['<rootDir>/test/engines/'],
	testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/engines/'],
	// One copy of n8n-workflow for nodes, tests and engine, else `instanceof NodeApiError` is false.
	resolver: '<rootDir>/test/support/resolver.cjs',
	transform: {
		'^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2021', parser: { syntax: 'typescript' } } }],
		// openapi-backend (of the stand-in) requires this package, which is there as an ES module only.
		'/json-schema-ref-parser/.+\\.js$': ['@swc/jest', { jsc: { target: 'es2021' }, module: { type: 'commonjs' } }],
	},
	transformIgnorePatterns: ['/node_modules/(?!@apidevtools/json-schema-ref-parser/)'],
	setupFiles: ['<rootDir>/test/support/setup.cjs'],
	testTimeout: 20_000,
	maxWorkers: '100%',
	// Each test file loads its own copy of the engine it uses, which is not given back in between.
	workerIdleMemoryLimit: '1.5GB',
	collectCoverageFrom: ['nodes/**/*.ts', 'credentials/**/*.ts'],
	coverageDirectory: 'coverage',
	// No HTML report: its scripts would be linted with the rest of the repository.
	coverageReporters: ['text-summary', 'json-summary', 'lcovonly'],
	coverageThreshold: { global: { branches: 95 } },
};
