/** Tests against real servers and the real runner; started by `npm run test:live`. */
module.exports = {
  ...require("./jest.config.js"),
  roots: ["<rootDir>/test/live"],
  testPathIgnorePatterns: ["/node_modules/"],
  testTimeout: 1_200_000,
  maxWorkers: 1,
};
