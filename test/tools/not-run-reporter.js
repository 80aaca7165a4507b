const { mkdtempSync, readFileSync, rmSync, existsSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

/** Jest reporter: ends the run with everything that tests reported as not run (see not-run.ts), and why. */
module.exports = class NotRunReporter {
  onRunStart() {
    this.folder = mkdtempSync(join(tmpdir(), "slipway-not-run-"));
    process.env.SLIPWAY_NOT_RUN_LIST = join(this.folder, "list");
  }

  onRunComplete() {
    const list = process.env.SLIPWAY_NOT_RUN_LIST;
    const reasons = existsSync(list) ? readFileSync(list, "utf8").trim().split("\n").map(JSON.parse) : [];
    for (const reason of new Set(reasons)) process.stderr.write(`NOT RUN: ${reason}\n`);
    rmSync(this.folder, { recursive: true, force: true });
  }
};
