import { spawnSync } from "node:child_process";

test("docs/architecture.md draws the imports as they are", () => {
  const check = spawnSync("node", ["scripts/architecture.mjs", "--check"], { encoding: "utf8" });
  expect(check.stderr).toBe("");
  expect(check.status).toBe(0);
});
