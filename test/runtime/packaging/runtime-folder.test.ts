import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { JobRuntime } from "slipway";
import { Problems } from "../../../lib/blueprint/problems";
import type { ImagePlatform } from "../../../lib/blueprint/pipeline/pipeline-document";
import type { LayOptions } from "../../../lib/runtime/packaging/kept-folder";
import { layRuntime, type LaidRuntime } from "../../../lib/runtime/packaging/runtime-folder";
import { packedSlipway } from "../../package/packed-slipway";
import { temporaryFolder } from "../temporary-folder";
import { writeFiles } from "../write-files";
import { layingPlace } from "./laying-place";

/** The runtime that a pipeline delivers, vendored, from this checkout's own lock. */
const folder = temporaryFolder();
let delivered: Readonly<Record<string, string>>;
beforeAll(() => {
  const problems = new Problems();
  const loaded = JobRuntime.vendored(packedSlipway(), resolve("package-lock.json")).load("/", problems);
  expect(problems.list).toEqual([]);
  delivered = Object.fromEntries(
    loaded!.files.map(({ path, content }) => [path.slice(path.lastIndexOf("/") + 1), content]),
  );
});

/** npm's cache is by content and checked when it is read, so that the tests need not fetch DuckDB each time. */
const npmCache = process.env.npm_config_cache ?? join(homedir(), ".npm");
const place = (env: Readonly<Record<string, string>> = {}): LayOptions =>
  layingPlace(folder, { npm_config_cache: npmCache, ...env });

type Packages = Record<
  string,
  {
    version?: string;
    resolved?: string;
    integrity?: string;
    dependencies?: Record<string, string> | undefined;
    optionalDependencies?: Record<string, string>;
  }
>;

let shared: LayOptions;
beforeAll(() => {
  shared = place();
});

async function lay(platform: ImagePlatform, files = delivered, options = shared): Promise<LaidRuntime> {
  const lockFolder = writeFiles(mkdtempSync(join(folder, "lock-")), files);
  return await layRuntime({ lockFolder, platform, ...options });
}

/** Of the delivered files what concerns some packages, their dependencies cut off: to be refused without fetching the rest. */
function only(names: RegExp, change: (packages: Packages) => void = () => undefined): Readonly<Record<string, string>> {
  const lock = JSON.parse(delivered["package-lock.json"]!) as { packages: Packages };
  const kept = Object.entries(lock.packages).filter(([path]) => names.test(path));
  const packages = Object.fromEntries(kept.map(([path, entry]) => [path, { ...entry, dependencies: undefined }]));
  change(packages);
  const dependencies = Object.fromEntries(
    kept.map(([path, entry]) => [
      path.replace("node_modules/", ""),
      entry.resolved?.startsWith("file:") === true ? entry.resolved : entry.version,
    ]),
  );
  const manifest = { name: "slipway-runtime", version: "0.0.0", dependencies };
  return {
    ...delivered,
    "package.json": JSON.stringify(manifest),
    "package-lock.json": JSON.stringify({ ...lock, packages: { "": manifest, ...packages } }),
  };
}

const bindings = ({ content }: LaidRuntime): readonly string[] =>
  content.files.map(({ path }) => path).filter((path) => path.endsWith(".node"));

test.each([
  ["linux/amd64", 62],
  ["linux/arm64", 183],
] as const)("the runtime for %s holds DuckDB for it and for nothing else", async (platform, machine) => {
  const laid = await lay(platform);
  expect(bindings(laid)).toHaveLength(1);
  expect(readFileSync(join(laid.folder, bindings(laid)[0]!)).readUInt16LE(18)).toBe(machine);
  expect(laid.content.files.filter(({ path }) => /\.package-lock|\/\.bin\//.test(path))).toEqual([]);
  for (const { path } of laid.content.files.filter(({ path }) => path.endsWith(".json"))) {
    expect(readFileSync(join(laid.folder, path), "utf8")).not.toContain(folder);
  }
});

test("the runtime is the same bytes from another home and cache, whatever lies beside the lock, and is kept", async () => {
  const first = await lay("linux/amd64");
  const hostile = { ...delivered, ".npmrc": "registry=http://127.0.0.1:9/\nignore-scripts=false\n" };
  expect((await lay("linux/amd64", hostile, place())).content).toEqual(first.content);
  expect(await lay("linux/amd64")).toMatchObject({ cached: true, folder: first.folder });
});

test("the runtime for this machine's platform runs", async () => {
  const laid = await lay(process.arch === "arm64" ? "linux/arm64" : "linux/amd64");
  const main = join(laid.folder, laid.main);
  expect(spawnSync("node", [main, "--help"], { encoding: "utf8", cwd: folder })).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("Usage: slipway"),
  });
  const code = `require(require.resolve("@duckdb/node-api", { paths: [${JSON.stringify(dirname(main))}] }))`;
  expect(spawnSync("node", ["-e", code], { encoding: "utf8", cwd: folder })).toMatchObject({ status: 0, stderr: "" });
});

describe("refused is", () => {
  test("a tarball other than the one the lock names", async () => {
    const tar = gunzipSync(Buffer.from(delivered["slipway.tgz.b64"]!, "base64")).toString("latin1");
    const edited = gzipSync(Buffer.from(tar.replaceAll("verifyStatement", "believeAnything"), "latin1"));
    const files = { ...only(/\/slipway$/), "slipway.tgz.b64": edited.toString("base64") };
    const fresh = place({ npm_config_cache: mkdtempSync(join(folder, "npm-")) });
    await expect(lay("linux/amd64", files, fresh)).rejects.toMatchObject({
      check: "runtime-integrity-mismatch",
      message: expect.stringContaining("EINTEGRITY"),
    });
  });

  test("a lock without a build for the platform", async () => {
    const binding = "@duckdb/node-bindings";
    const files = only(/\/@duckdb\/node-bindings(-linux-x64)?$/, (packages) => {
      const { optionalDependencies } = packages[`node_modules/${binding}`]!;
      const version = optionalDependencies![`${binding}-linux-x64`]!;
      packages[`node_modules/${binding}`]!.optionalDependencies = { [`${binding}-linux-x64`]: version };
      Object.assign(packages[`node_modules/${binding}-linux-x64`]!, { optional: true });
    });
    await expect(lay("linux/arm64", files)).rejects.toMatchObject({
      check: "runtime-build-missing",
      message: expect.stringMatching(/no build for linux\/arm64 of:\n {2}- @duckdb\/node-bindings /),
    });
    expect((await lay("linux/amd64", files)).cached).toBe(false);
  });

  test("a lock that states no integrity, and one that is none", async () => {
    const files = only(/\/(ajv|yaml)$/, (packages) => {
      delete packages["node_modules/ajv"]!.integrity;
      delete packages["node_modules/yaml"]!.integrity;
    });
    await expect(lay("linux/amd64", files)).rejects.toMatchObject({
      check: "runtime-not-locked",
      message: expect.stringContaining("  - node_modules/ajv\n  - node_modules/yaml"),
    });
    await expect(lay("linux/amd64", { ...delivered, "package-lock.json": "<<<" })).rejects.toMatchObject({
      check: "runtime-not-locked",
    });
  });

  test("a lock that does not belong to its package.json", async () => {
    const files = { ...only(/\/yaml$/), "package.json": only(/\/(picocolors|yaml)$/)["package.json"]! };
    await expect(lay("linux/amd64", files)).rejects.toMatchObject({ check: "runtime-not-locked" });
  });
});

test("a registry that does not answer, and a runtime that is not there, are the environment's fault", async () => {
  const nowhere = place({
    npm_config_cache: mkdtempSync(join(folder, "npm-")),
    npm_config_registry: "http://127.0.0.1:9/",
    npm_config_fetch_retries: "0",
    npm_config_replace_registry_host: "always",
  });
  await expect(lay("linux/amd64", only(/\/picocolors$/), nowhere)).rejects.toMatchObject({
    name: "BrokenEnvironmentError",
    message: expect.stringContaining("ECONNREFUSED"),
  });
  await expect(lay("linux/amd64", {})).rejects.toMatchObject({
    name: "BrokenEnvironmentError",
    message: expect.stringContaining("the runtime of the jobs cannot be read"),
  });
});
