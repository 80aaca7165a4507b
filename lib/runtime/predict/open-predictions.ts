import type { DuckDBConnection } from "@duckdb/node-api";
import { BrokenEnvironmentError } from "../refusals";

/** Opens a DuckDB in memory that reaches the given files and nothing else, and closes it after the work. */
export async function openPredictions(
  files: readonly string[],
  work: (duckdb: DuckDBConnection) => Promise<void>,
): Promise<void> {
  const { DuckDBInstance } = await import("@duckdb/node-api").catch(() => {
    throw new BrokenEnvironmentError(
      "the package @duckdb/node-api is not installed",
      "Install it beside slipway: npm install @duckdb/node-api.",
    );
  });
  const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
  try {
    const duckdb = await instance.connect();
    const list = files.map((file) => `'${file.replaceAll("'", "''")}'`).join(", ");
    await duckdb.run(`SET allowed_paths = [${list}]`);
    await duckdb.run("SET enable_external_access = false");
    await duckdb.run("SET lock_configuration = true");
    await work(duckdb);
    duckdb.closeSync();
  } finally {
    instance.closeSync();
  }
}
