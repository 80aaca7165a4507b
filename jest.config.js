/** Unit, property, snapshot and conformance tests: everything that needs no server. */
module.exports = {
  testEnvironment: "node",
  roots: ["<rootDir>/test"],
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/test/live/"],
  testMatch: ["**/*.test.ts"],
  transform: { "^.+\\.tsx?$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }] },
  moduleNameMapper: {
    "^slipway$": "<rootDir>/lib/index.ts",
    "^slipway/github$": "<rootDir>/lib/constructs/github/index.ts",
    "^slipway/docker$": "<rootDir>/lib/constructs/docker/index.ts",
  },
  reporters: ["default", "<rootDir>/test/tools/not-run-reporter.js"],
  // Many tests wait for processes they started: with every core a worker, the others go on meanwhile.
  maxWorkers: "100%",
  testTimeout: 120_000,
};
