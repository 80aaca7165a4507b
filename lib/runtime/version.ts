import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The version of this package, from its package.json: beside dist/ when installed, beside lib/ in development. */
export function version(): string {
  const file = join(dirname(dirname(__dirname)), "package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { readonly version: string }).version;
}
