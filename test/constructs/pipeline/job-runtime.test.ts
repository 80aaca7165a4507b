import { createHash } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JobRuntime } from "slipway";
import { Problems } from "../../../lib/blueprint/problems";
import { RUNTIME } from "../a-program";

interface Lock {
  readonly packages: Readonly<Record<string, Record<string, unknown>>>;
}

function load(runtime: JobRuntime) {
  const problems = new Problems();
  const loaded = runtime.load("/", problems);
  return { loaded, problems: problems.list.map(({ value, says }) => `${String(value)} ${says}`) };
}

function file(runtime: JobRuntime, name: string): string {
  const { loaded } = load(runtime);
  return loaded!.files.find(({ path }) => path === `.slipway/runtime/${name}`)!.content;
}

function programWith(lock: object): string {
  const folder = mkdtempSync(join(tmpdir(), "slipway-program-"));
  writeFileSync(join(folder, "package-lock.json"), JSON.stringify(lock));
  return join(folder, "package-lock.json");
}

describe("the runtime that jobs install", () => {
  const lock = JSON.parse(file(RUNTIME, "package-lock.json")) as Lock;

  test("is Slipway, everything it needs, and the peers that jobs use; nothing else of the program", () => {
    expect(Object.keys(lock.packages).sort()).toEqual([
      "",
      "node_modules/@duckdb/node-api",
      "node_modules/@duckdb/node-bindings",
      "node_modules/@duckdb/node-bindings-linux-x64",
      "node_modules/ajv",
      "node_modules/fast-uri",
      "node_modules/sigstore",
      "node_modules/slipway",
      "node_modules/slipway/node_modules/yaml",
    ]);
  });

  test("is pinned by integrity, package by package, and as a whole by the digest that workflows name", () => {
    const { "": root, ...packages } = lock.packages;
    expect(Object.values(packages).every(({ integrity }) => String(integrity).startsWith("sha512-"))).toBe(true);
    expect(root).toMatchObject({ dependencies: { slipway: "0.1.0" } });
    const text = file(RUNTIME, "package-lock.json");
    expect(load(RUNTIME).loaded!.lockSha256).toBe(createHash("sha256").update(text).digest("hex"));
  });

  test("asks for no package that the lock file lacks, as for a platform that nobody installed on", () => {
    expect(lock.packages["node_modules/@duckdb/node-bindings"]).toMatchObject({
      optionalDependencies: { "@duckdb/node-bindings-linux-x64": "1.5.6-r.1" },
    });
    expect(JSON.stringify(lock)).not.toContain("win32");
  });

  test("forgets what an entry was to the program", () => {
    expect(lock.packages["node_modules/@duckdb/node-api"]).not.toHaveProperty("dev");
    expect(lock.packages["node_modules/@duckdb/node-bindings-linux-x64"]).toMatchObject({
      optional: true,
      os: ["linux"],
    });
  });

  test("is a tarball beside the lock where no registry has it", () => {
    const lockfile = programWith({
      packages: {
        "": { name: "slipway", version: "0.1.0", dependencies: { ajv: "8.20.0" } },
        "node_modules/ajv": { version: "8.20.0", integrity: "sha512-YWp2" },
        "node_modules/@duckdb/node-api": { version: "1.5.6-r.1", integrity: "sha512-ZHVjaw==", dev: true },
        "node_modules/sigstore": { version: "4.1.1", integrity: "sha512-c2ln", dev: true },
      },
    });
    const tarball = join(lockfile, "..", "slipway-0.1.0.tgz");
    const bytes = Buffer.from("any bytes".repeat(40));
    writeFileSync(tarball, bytes);
    const runtime = JobRuntime.vendored(tarball, lockfile);
    const slipway = (JSON.parse(file(runtime, "package-lock.json")) as Lock).packages["node_modules/slipway"];
    expect(slipway).toMatchObject({
      resolved: "file:slipway.tgz",
      integrity: `sha512-${createHash("sha512").update(bytes).digest("base64")}`,
    });
    expect(Buffer.from(file(runtime, "slipway.tgz.b64"), "base64")).toEqual(bytes);
    expect(load(runtime).loaded!.vendoredPackage).toBe("slipway.tgz");
  });

  test.each([
    ["no slipway at all", { packages: {} }, "package-lock.json names no package slipway"],
    [
      "a linked slipway",
      {
        packages: {
          "node_modules/slipway": { link: true, resolved: "../slipway" },
          "../slipway": { version: "0.1.0" },
        },
      },
      "../slipway is a Slipway that was not installed from a registry, so no job can install the same",
    ],
    [
      "no DuckDB",
      { packages: { "node_modules/slipway": { version: "0.1.0", integrity: "sha512-c2xpcHdheQ==" } } },
      "@duckdb/node-api is not in package-lock.json, and jobs need it",
    ],
  ])("is refused with %s", (_, lockfile, expected) => {
    expect(load(JobRuntime.fromLockfile(programWith(lockfile))).problems).toContain(expected);
  });
});
