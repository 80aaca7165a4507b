import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DataFile, dataFile } from "../../../lib/runtime/data/data-file";
import { DuckDBInstance } from "@duckdb/node-api";

/** A temporary folder of one test file, with ways to put data into it. */
export class DataFolder {
  public readonly path = mkdtempSync(join(tmpdir(), "slipway-data-"));

  /** Writes the result of a query as a Parquet file. */
  public async parquet(query: string, name = "data.parquet"): Promise<DataFile> {
    const path = join(this.path, name);
    const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
    const connection = await instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    await connection.run(`COPY (${query}) TO '${path}' (FORMAT parquet)`);
    connection.closeSync();
    instance.closeSync();
    return dataFile(path);
  }

  public async csv(text: string, name = "data.csv"): Promise<DataFile> {
    const path = join(this.path, name);
    writeFileSync(path, text);
    return dataFile(path);
  }

  public remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
