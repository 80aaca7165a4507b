import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { ImagePlatform } from "../../../lib/blueprint/pipeline/pipeline-document";
import type { LayOptions } from "../../../lib/runtime/packaging/kept-folder";
import { layRuntime, type LaidRuntime } from "../../../lib/runtime/packaging/runtime-folder";
import { temporaryFolder } from "../temporary-folder";
import { writeFiles } from "../write-files";
import { base64Lines, lockedRuntime, type Packages, type RuntimeFiles } from "./a-locked-runtime";
import { layingPlace } from "./laying-place";
import { NpmRegistry } from "./npm-registry";

const folder = temporaryFolder();
const registry = new NpmRegistry();
beforeAll(() => registry.start());
afterAll(() => registry.stop());

/** A home of its own, and npm's cache in it. */
const place = (env: Readonly<Record<string, string>> = {}): LayOptions =>
  layingPlace(folder, { npm_config_registry: registry.url, ...env });

async function lay(platform: ImagePlatform, files: RuntimeFiles, options = place()): Promise<LaidRuntime> {
  const lockFolder = writeFiles(mkdtempSync(join(folder, "lock-")), files);
  return await layRuntime({ lockFolder, platform, ...options });
}

const pathsOf = ({ content }: LaidRuntime): readonly string[] => content.files.map(({ path }) => path);

/** The edited entries of a lock. */
const locked = (change: (packages: Packages) => unknown): Promise<RuntimeFiles> => lockedRuntime(registry, { change });

test.each([
  ["linux/amd64", "x64"],
  ["linux/arm64", "arm64"],
] as const)("the runtime for %s holds the build for it and no other, and no script has run", async (platform, cpu) => {
  const laid = await lay(platform, await lockedRuntime(registry, { vendored: true }));
  expect(pathsOf(laid)).toEqual([
    "bin/slipway",
    `node_modules/@native/thing-linux-${cpu}/index.js`,
    `node_modules/@native/thing-linux-${cpu}/package.json`,
    "node_modules/@native/thing/index.js",
    "node_modules/@native/thing/package.json",
    "node_modules/plain/index.js",
    "node_modules/plain/node_modules/twice/index.js",
    "node_modules/plain/node_modules/twice/package.json",
    "node_modules/plain/package.json",
    "node_modules/slipway/dist/runtime/main.js",
    "node_modules/slipway/package.json",
    "node_modules/twice/index.js",
    "node_modules/twice/package.json",
  ]);
  for (const path of pathsOf(laid)) expect(readFileSync(join(laid.folder, path), "utf8")).not.toContain(folder);
});

test("the runtime is the same bytes from another home and cache, whatever lies beside the lock, and is kept", async () => {
  const files = await lockedRuntime(registry, { vendored: true });
  const here = place();
  const first = await lay("linux/amd64", files, here);
  const hostile = { ...files, ".npmrc": "registry=http://127.0.0.1:9/\nignore-scripts=false\n" };
  const second = await lay("linux/amd64", hostile);
  expect(second).toMatchObject({ cached: false, content: first.content });
  expect(await lay("linux/amd64", files, here)).toMatchObject({ cached: true, folder: first.folder });
  expect(await lay("linux/amd64", await lockedRuntime(registry), here)).toMatchObject({
    cached: false,
    content: first.content,
  });
});

test("the runtime for this machine's platform runs, as a program and by its main file", async () => {
  const laid = await lay(process.arch === "arm64" ? "linux/arm64" : "linux/amd64", await lockedRuntime(registry));
  const said = `plain once built for ${process.arch} gate --json\n`;
  for (const argv of [[join(laid.folder, laid.programs, "slipway")], ["node", join(laid.folder, laid.main)]]) {
    const [program, ...args] = [...argv, "gate", "--json"];
    expect(spawnSync(program, args, { encoding: "utf8", cwd: folder })).toMatchObject({ status: 0, stdout: said });
  }
});

describe("refused is", () => {
  test("a tarball other than the one the lock names", async () => {
    const files = await lockedRuntime(registry, { vendored: true });
    const tar = gunzipSync(Buffer.from(files["slipway.tgz.b64"]!, "base64")).toString("latin1");
    const edited = gzipSync(Buffer.from(tar.replaceAll("console.log", "console.err"), "latin1"));
    await expect(lay("linux/amd64", { ...files, "slipway.tgz.b64": base64Lines(edited) })).rejects.toMatchObject({
      check: "runtime-integrity-mismatch",
      message: expect.stringContaining("EINTEGRITY"),
    });
  });

  test("another package from the registry than the lock names", async () => {
    const files = await lockedRuntime(registry);
    await registry.add({ name: "twice", version: "2.0.0" }, { "index.js": "evil()" });
    // npm asks again a minute later, in case it was the network.
    const atOnce = place({ npm_config_fetch_retries: "0" });
    await expect(lay("linux/amd64", files, atOnce)).rejects.toMatchObject({ check: "runtime-integrity-mismatch" });
  });

  test("a lock without a build for the platform", async () => {
    const files = await locked((packages) => {
      delete packages["node_modules/@native/thing-linux-arm64"];
      delete (packages["node_modules/@native/thing"]!.optionalDependencies as Record<string, string>)[
        "@native/thing-linux-arm64"
      ];
    });
    await expect(lay("linux/arm64", files)).rejects.toMatchObject({
      check: "runtime-build-missing",
      message: expect.stringMatching(/no build for linux\/arm64 of:\n {2}- @native\/thing 2\.0\.0$/),
    });
    expect((await lay("linux/amd64", files)).cached).toBe(false);
  });

  test("a lock that states no integrity, one without slipway, and one that is none", async () => {
    const files = await locked((packages) => {
      delete packages["node_modules/plain"]!.integrity;
      delete packages["node_modules/twice"]!.integrity;
    });
    await expect(lay("linux/amd64", files)).rejects.toMatchObject({
      check: "runtime-not-locked",
      message: expect.stringContaining("  - node_modules/plain\n  - node_modules/twice"),
    });
    const without = await locked((packages) => delete packages["node_modules/slipway"]);
    await expect(lay("linux/amd64", without)).rejects.toThrow("names no package slipway");
    await expect(lay("linux/amd64", { ...files, "package-lock.json": "<<<" })).rejects.toMatchObject({
      check: "runtime-not-locked",
    });
  });

  test("a lock that does not belong to its package.json", async () => {
    const files = await lockedRuntime(registry);
    await registry.add({ name: "twice", version: "3.0.0" });
    const manifest = files["package.json"]!.replace("2.0.0", "3.0.0");
    await expect(lay("linux/amd64", { ...files, "package.json": manifest })).rejects.toMatchObject({
      check: "runtime-not-locked",
    });
  });
});

test("a registry that does not answer, and a runtime that is not there, are the environment's fault", async () => {
  const nowhere = place({ npm_config_registry: "http://127.0.0.1:9/", npm_config_fetch_retries: "0" });
  await expect(lay("linux/amd64", await lockedRuntime(registry), nowhere)).rejects.toMatchObject({
    name: "BrokenEnvironmentError",
    message: expect.stringContaining("ECONNREFUSED"),
  });
  await expect(lay("linux/amd64", {})).rejects.toMatchObject({
    name: "BrokenEnvironmentError",
    message: expect.stringContaining("the runtime of the jobs cannot be read"),
  });
});
