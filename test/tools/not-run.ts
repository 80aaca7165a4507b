import { appendFileSync } from "node:fs";
import { ToolMissingError } from "./run-program";

/**
 * Says that something was not run and why, so that it is never passed silently: at once, and again in the list that
 * `not-run-reporter.js` prints at the end.
 */
export function reportNotRun(reason: string): void {
  process.stderr.write(`\nNOT RUN: ${reason}\n`);
  const list = process.env.SLIPWAY_NOT_RUN_LIST;
  if (list !== undefined) appendFileSync(list, `${JSON.stringify(reason)}\n`);
}

/**
 * Tests that need a tool. Where the tool can be had they run and get it; where it cannot, they are skipped and reported
 * as not run. Any other failure of `obtain` fails the file.
 */
export function describeWith<T>(obtain: () => T, title: string, tests: (tool: T) => void): void {
  let tool: T;
  try {
    tool = obtain();
  } catch (error) {
    if (!(error instanceof ToolMissingError)) throw error;
    reportNotRun(`${title}: ${error.message}`);
    describe.skip(title, () => {
      it("needs a tool that cannot be had here", () => undefined);
    });
    return;
  }
  describe(title, () => {
    tests(tool);
  });
}
