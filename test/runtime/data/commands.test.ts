import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { DataSourceDocument } from "../../../lib/blueprint/pipeline/pipeline-document";
import type { CommandContext } from "../../../lib/runtime/command-context";
import { acquire, type Snapshot } from "../../../lib/runtime/data/acquire";
import { WorkFolder } from "../../../lib/runtime/work-folder";
import { claimsContract } from "../../blueprint/contract/contracts";
import { ModelRepository } from "../a-model-repository";

const csv = `person,year,cost,plan,female,age,visits\n${Array.from(
  { length: 300 },
  (_, i) => `${i >> 1},${i % 2},${(i * 37) % 1000},AB${i % 7},${i % 2},${20 + (i % 50)},${i}\n`,
).join("")}`;
const sha256 = createHash("sha256").update(csv).digest("hex");

let repository: ModelRepository;
afterEach(() => {
  repository.remove();
});

function withData(data: DataSourceDocument, contract = claimsContract()): void {
  const heldOut = { fraction: 0.3, from: null, seed: 1 };
  repository = new ModelRepository({ data, heldOut, root: "." });
  const manifest = { ...repository.manifest, contract };
  repository.write(`.slipway/${manifest.pipeline.name}.json`, JSON.stringify(manifest));
}

describe("from a file to the three hand-offs", () => {
  test("acquire, validate-data, split", async () => {
    withData({ kind: "file", path: "data/claims.csv", sample: null });
    repository.write("data/claims.csv", csv);
    expect(await repository.slipway(["acquire"])).toMatchObject({ exitCode: 0, document: { format: "csv" } });
    expect(await repository.slipway(["validate-data"])).toMatchObject({
      exitCode: 0,
      document: { outcome: "passed", rows: 300 },
    });
    const split = await repository.slipway(["split"]);
    expect(split).toMatchObject({ exitCode: 0, document: { features: ["plan", "age"] } });
    expect(split.document.handoffs).toEqual({
      training: await repository.digest("training"),
      features: await repository.digest("features"),
      labels: await repository.digest("labels"),
    });
    expect(existsSync(join(repository.work, "temporary", "duckdb"))).toBe(false);
  });

  test("broken data is refused, with a summary that names the check and hides the rows", async () => {
    withData({ kind: "file", path: "claims.csv", sample: null });
    repository.write("claims.csv", csv.replace("\n7,0,", "\n777777,0,secret"));
    await repository.slipway(["acquire"]);
    const summary = join(repository.folder, "summary.md");
    const called = await repository.slipway(["validate-data"], { GITHUB_STEP_SUMMARY: summary });
    expect(called).toMatchObject({ exitCode: 3, document: { outcome: "refused" } });
    const text = readFileSync(summary, "utf8");
    expect(text).toContain("| cost is of type number | schema\\[0\\].properties\\[2\\].logicalType | 0 | 1 | 1 |");
    expect(text + called.stderr + JSON.stringify(called.document)).not.toMatch(/secret|777777/);
  });

  test("limits that are no numbers are told", async () => {
    withData({ kind: "file", path: "claims.csv", sample: null });
    repository.write("claims.csv", csv);
    await repository.slipway(["acquire"]);
    expect(await repository.slipway(["split", "--memory", "1"])).toMatchObject({ exitCode: 2 });
  });
});

describe("acquire", () => {
  async function served(body: string, use: (url: string) => Promise<void>): Promise<void> {
    const server = createServer((_request, response) => response.end(body));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/claims.csv?token=secret`);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  /** Without the manifest's own check, which wants https: the server here speaks http. */
  function fetched(url: string): Promise<Snapshot> {
    const data: DataSourceDocument = { kind: "url", url, sha256, format: "csv", sample: null };
    withData({ kind: "file", path: "claims.csv", sample: null });
    const { manifest, work, folder } = repository;
    return acquire(
      {
        manifest: { ...manifest, pipeline: { ...manifest.pipeline, data } },
        repository: folder,
        work: WorkFolder.from({ SLIPWAY_WORK: work }, folder),
      } as CommandContext,
      false,
    );
  }

  test("copies a file:// address whose digest is pinned", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "slipway-file-")), "claims.csv");
    writeFileSync(file, csv);
    withData({ kind: "url", url: pathToFileURL(file).href, sha256, format: "csv", sample: null });
    expect(await repository.slipway(["acquire"])).toMatchObject({ exitCode: 0, document: { bytes: csv.length } });
    rmSync(dirname(file), { recursive: true });
  });

  test("fetches an address whose digest is pinned, and says no token of it", async () => {
    await served(csv, async (url) => {
      const snapshot = await fetched(url);
      expect(snapshot).toMatchObject({ bytes: csv.length, format: "csv" });
      expect(snapshot.origin).not.toContain("secret");
    });
  });

  test("refuses other bytes and leaves none of them", async () => {
    await served(`${csv}1,1,1,AB1,1,1,1\n`, async (url) => {
      await expect(fetched(url)).rejects.toMatchObject({ check: "data-digest-mismatch" });
      expect(existsSync(join(repository.work, "data", "arriving"))).toBe(false);
    });
  });

  test("names an address that does not answer as a broken environment", async () => {
    withData({ kind: "url", url: "https://127.0.0.1:9/claims.csv", sha256, format: "csv", sample: null });
    expect(await repository.slipway(["acquire"])).toMatchObject({ exitCode: 5 });
  });

  test("runs the data command without keys and takes what it wrote", async () => {
    const run = `printf '%s' "person\${SLIPWAY_SIGNING_KEY}" > out.csv`;
    withData({ kind: "command", run, output: "out.csv", sample: null });
    expect(await repository.slipway(["acquire"], { SLIPWAY_SIGNING_KEY: "key" })).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(repository.work, "data", "snapshot.csv"), "utf8")).toBe("person");
  });

  test("refuses a data command that fails, or writes nothing", async () => {
    withData({ kind: "command", run: "exit 4", output: "out.csv", sample: null });
    expect(await repository.slipway(["acquire"])).toMatchObject({
      exitCode: 3,
      document: { error: { check: "data-command-failed" } },
    });
    repository.remove();
    withData({ kind: "command", run: "true", output: "out.csv", sample: null });
    expect(await repository.slipway(["acquire"])).toMatchObject({
      exitCode: 3,
      document: { error: { check: "data-missing" } },
    });
  });

  test("takes the sample, never runs the data command for it, and follows no link out of the repository", async () => {
    withData({ kind: "command", run: "touch ran", output: "out.csv", sample: "sample.csv" });
    repository.write("sample.csv", csv);
    expect(await repository.slipway(["acquire", "--sample"])).toMatchObject({ exitCode: 0 });
    expect(existsSync(join(repository.folder, "ran"))).toBe(false);
    repository.remove();

    withData({ kind: "file", path: "claims.csv", sample: "link.csv" });
    writeFileSync(`${repository.folder}-outside.csv`, csv);
    symlinkSync(`${repository.folder}-outside.csv`, join(repository.folder, "link.csv"));
    expect(await repository.slipway(["acquire", "--sample"])).toMatchObject({
      exitCode: 3,
      document: { error: { check: "sample-outside-repository" } },
    });
  });

  test("without a sample, says so", async () => {
    withData({ kind: "file", path: "claims.csv", sample: null });
    expect(await repository.slipway(["acquire", "--sample"])).toMatchObject({ exitCode: 2 });
  });
});
