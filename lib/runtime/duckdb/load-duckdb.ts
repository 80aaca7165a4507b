import type * as binding from "@duckdb/node-api";
import { BrokenEnvironmentError } from "../refusals";

type DuckDb = typeof binding;

let loaded: DuckDb | undefined;

/** How a package is loaded; only a test of the missing case needs another way than `require`. */
export type Loader = (name: string) => unknown;

/**
 * DuckDB's Node binding. It is an optional peer: programs that only synthesize never install it, and loading it takes a tenth of a
 * second, so it happens on first use.
 *
 * @throws BrokenEnvironmentError when it is not installed or has no binary for this machine
 */
export function loadDuckDb(load: Loader = requirePackage): DuckDb {
  try {
    loaded ??= load("@duckdb/node-api") as DuckDb;
    return loaded;
  } catch (error) {
    throw new BrokenEnvironmentError(
      `DuckDB (@duckdb/node-api) cannot be loaded: ${(error as Error).message.split("\n")[0] ?? ""}`,
      "Install it beside slipway: npm install @duckdb/node-api (and let npm install optional packages).",
    );
  }
}

function requirePackage(name: string): unknown {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- optional and slow to load: only on first use
  return require(name);
}
