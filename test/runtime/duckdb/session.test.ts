import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BrokenEnvironmentError } from "../../../lib/runtime/refusals";
import { DuckDbSession } from "../../../lib/runtime/duckdb/session";

const folder = mkdtempSync(join(tmpdir(), "slipway-duckdb-"));
const secret = join(folder, "secret.csv");
const declared = join(folder, "declared.csv");
writeFileSync(secret, "a\n1\n");
writeFileSync(declared, "a\n2\n");
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("a session reaches the declared files and nothing else", () => {
  test.each([
    `SELECT * FROM '${secret}'`,
    `SELECT * FROM read_csv('${secret}')`,
    `SELECT * FROM read_text('${secret}')`,
    `SELECT * FROM glob('${folder}/*')`,
    `COPY (SELECT 1) TO '${folder}/written.csv'`,
    `ATTACH '${folder}/other.db'`,
    "INSTALL httpfs",
    "LOAD httpfs",
    "SELECT * FROM read_csv('https://example.com/x.csv')",
    "SET enable_external_access = true",
    "SET memory_limit = '100GB'",
    "RESET lock_configuration",
    `SET allowed_paths = ['${secret}']`,
  ])("%s", async (sql) => {
    await DuckDbSession.with({ temporary: folder, reads: [declared] }, async (session) => {
      await expect(session.rows(sql)).rejects.toThrow();
      expect(await session.rows(`SELECT * FROM read_csv('${declared}')`)).toEqual([{ a: "2" }]);
    });
    expect(readdirSync(folder).sort()).toEqual(["declared.csv", "secret.csv"]);
  });
});

test("what does not fit into memory goes to the session's own folder, which is gone afterwards", async () => {
  await DuckDbSession.with({ temporary: folder, memoryMegabytes: 100, threads: 1 }, async (session) => {
    const { n } = await session.row(
      "SELECT count(*) AS n FROM (SELECT i // 2 AS k, count(*) FROM range(6_000_000) t(i) GROUP BY k)",
    );
    expect(Number(n)).toBe(3_000_000);
  });
  expect(readdirSync(folder).sort()).toEqual(["declared.csv", "secret.csv"]);
});

test("DuckDB's own parser tells statements apart", async () => {
  await DuckDbSession.with({ temporary: folder }, async (session) => {
    expect(await session.parse("SELECT 1")).toEqual({ statements: 1, select: true });
    expect(await session.parse("SELECT ';'; -- done")).toEqual({ statements: 1, select: true });
    expect(await session.parse("SELECT 1; SELECT 2")).toEqual({ statements: 2, select: false });
    expect(await session.parse("CREATE TABLE t (a INT)")).toEqual({ statements: 1, select: false });
  });
});

test("without the optional package, the message says what to install", () => {
  jest.isolateModules(() => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- a fresh copy that has loaded nothing yet
    const { loadDuckDb } = require("../../../lib/runtime/duckdb/load-duckdb") as {
      loadDuckDb: (load: (name: string) => unknown) => unknown;
    };
    const attempt = (): unknown =>
      loadDuckDb((name) => {
        throw new Error(`Cannot find module '${name}'\nRequire stack: ...`);
      });
    expect(attempt).toThrow(/Cannot find module '@duckdb\/node-api'/);
    expect(attempt).toThrow(expect.objectContaining({ name: BrokenEnvironmentError.name }) as Error);
  });
});
