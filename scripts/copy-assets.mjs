/** Copies what tsc does not emit (schemas, job-side Python) from lib to dist, and makes the command executable. */
import { chmodSync, cpSync, existsSync } from "node:fs";

cpSync("lib", "dist", {
  recursive: true,
  filter: (source) => !source.includes(".") || /\.(json|py|lock\.txt)$/.test(source),
});
if (existsSync("dist/runtime/main.js")) chmodSync("dist/runtime/main.js", 0o755);
