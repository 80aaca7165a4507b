import { mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { commandLine } from "../../../lib/runtime/command-line";
import { ExitCode } from "../../../lib/runtime/exit-codes";
import { findManifest, ImagePlaces } from "../../../lib/runtime/oci/open-image";
import { readBlob } from "../../../lib/runtime/oci/blobs";
import { parseConfig, parseIndex, parseManifest } from "../../../lib/runtime/oci/image-documents";
import { LayoutDestination } from "../../../lib/runtime/oci/layout/layout-destination";
import { parseReference } from "../../../lib/runtime/oci/reference";
import { putBase, putBaseIndex } from "../oci/a-base-image";
import { temporaryFolder } from "../temporary-folder";
import { writeFiles } from "../write-files";
import { lockedRuntime, type RuntimeFiles } from "./a-locked-runtime";
import { layingPlace } from "./laying-place";
import { NpmRegistry } from "./npm-registry";

const folder = temporaryFolder();
const registry = new NpmRegistry();
let base: string;
beforeAll(async () => {
  await registry.start();
  const layout = new LayoutDestination(join(folder, "base"));
  const index = await putBaseIndex(layout);
  await layout.publish(index, "22-slim");
  base = `oci:${join(folder, "base")}@${index.descriptor.digest}`;
});
afterAll(() => registry.stop());

interface Called {
  readonly exitCode: ExitCode;
  readonly project: string;
  readonly document: Record<string, unknown>;
}

/** Calls the command in a model repository, home and cache of its own. */
async function runtimeImage(files: RuntimeFiles, args: readonly string[]): Promise<Called> {
  const project = mkdtempSync(join(folder, "project-"));
  writeFiles(join(project, ".slipway/runtime"), files);
  const { env } = layingPlace(folder, { npm_config_registry: registry.url });
  let printed = "";
  const exitCode = await commandLine(["runtime-image", ...args, "--json"], {
    directory: project,
    env,
    streams: { stdout: (text) => (printed += text), stderr: () => undefined },
    now: () => new Date(),
  });
  return { exitCode, project, document: JSON.parse(printed) as Record<string, unknown> };
}

test("the same lock and base give the same image from two folders, for two platforms", async () => {
  const files = await lockedRuntime(registry, { vendored: true });
  const args = ["--base", base, "--output", "image", "--platform", "linux/amd64", "--platform", "linux/arm64"];
  const first = await runtimeImage(files, args);
  expect(first.document).toMatchObject({ outcome: "passed", version: "7.8.9", packages: 6, reference: null });
  const second = await runtimeImage({ ...files, "notes.txt": "no part of it" }, args);
  expect(second.document).toEqual(first.document);

  const reference = parseReference(`oci:${join(first.project, "image")}@${String(first.document.image)}`);
  const source = new ImagePlaces({}).source(reference);
  const index = parseIndex(await findManifest(source, reference));
  expect(index.manifests.map(({ platform }) => platform?.architecture)).toEqual(["amd64", "arm64"]);
  const built: string[] = [];
  for (const { digest } of index.manifests) {
    const manifest = parseManifest(await source.manifest(digest));
    const { config } = parseConfig(await readBlob(source, manifest.config), manifest.config.digest);
    expect(config).toMatchObject({
      Entrypoint: ["node", "/opt/slipway/runtime/node_modules/slipway/dist/runtime/main.js"],
      User: "65532:65532",
      WorkingDir: "/work",
      Labels: { "org.opencontainers.image.title": "slipway-runtime", "org.opencontainers.image.version": "7.8.9" },
    });
    expect(config?.Env).toContain("NODE_ENV=production");
    expect(config?.Env?.find((each) => each.startsWith("PATH="))).toMatch(/:\/opt\/slipway\/runtime\/bin$/);
    const [bill] = await source.referrers(digest);
    expect(bill?.artifactType).toBe("application/vnd.cyclonedx+json");
    const [billed] = parseManifest(await source.manifest(bill!.digest)).layers;
    built.push((await readBlob(source, billed!)).toString());
  }
  expect(built[0]).toContain("pkg:npm/%40native/thing-linux-x64@2.0.0");
  expect(built[0]).not.toContain("thing-linux-arm64");
  expect(built[1]).toContain("pkg:npm/%40native/thing-linux-arm64@2.0.0");
  for (const version of ["1.0.0", "2.0.0"]) expect(built[0]).toContain(`pkg:npm/twice@${version}`);
  expect(readFileSync(join(first.project, "image", "index.json"), "utf8")).not.toContain(folder);
});

describe("refused is", () => {
  const to = ["--output", "image"];
  const problem = (path: string): unknown => expect.objectContaining({ path });

  test("a base by tag, a platform that is none, and a place that is none", async () => {
    const files = await lockedRuntime(registry);
    for (const [args, path] of [
      [["--base", `oci:${join(folder, "base")}`, ...to], "--base"],
      [to, "--base"],
      [["--base", base, ...to, "--platform", "linux/riscv64"], "--platform"],
      [["--base", base], "--repository"],
      [["--base", base, "--repository", "ghcr.io/acme/slipway-runtime:1"], "--repository"],
      [["--base", base, "--repository", "ghcr.io/acme/slipway-runtime", ...to], "--output"],
    ] as const) {
      const { exitCode, document } = await runtimeImage(files, args);
      expect({ exitCode, document }).toMatchObject({
        exitCode: ExitCode.badInput,
        document: { error: { problems: [problem(path)] } },
      });
    }
  });

  test("a base whose Node.js is too old for the command", async () => {
    const { engines } = JSON.parse(readFileSync("package.json", "utf8")) as { engines: { node: string } };
    const oldest = engines.node.replace(">=", "");
    const files = await lockedRuntime(registry);
    for (const [said, expected] of [
      ["18.20.8", ExitCode.refused],
      ["20.9.0", ExitCode.refused],
      [`${oldest}.0`, ExitCode.passed],
      ["24.0.1", ExitCode.passed],
    ] as const) {
      const layout = new LayoutDestination(join(folder, `node-${said}`));
      const image = await putBase(layout, { config: { Env: [`NODE_VERSION=${said}`] } });
      await layout.publish(image, null);
      const on = `oci:${join(folder, `node-${said}`)}@${image.descriptor.digest}`;
      const { exitCode, document } = await runtimeImage(files, ["--base", on, ...to]);
      expect(exitCode).toBe(expected);
      if (expected === ExitCode.refused) expect(document).toMatchObject({ error: { check: "base-node-too-old" } });
    }
  });

  test("a lock without integrity; a lock that is missing is the environment's fault", async () => {
    const open = await lockedRuntime(registry, {
      change: (packages) => delete packages["node_modules/twice"]!.integrity,
    });
    const { exitCode, document, project } = await runtimeImage(open, ["--base", base, ...to]);
    expect({ exitCode, document }).toMatchObject({
      exitCode: ExitCode.refused,
      document: { error: { check: "runtime-not-locked" } },
    });
    expect(() => readFileSync(join(project, "image", "index.json"))).toThrow("ENOENT");
    expect((await runtimeImage({}, ["--base", base, ...to])).exitCode).toBe(ExitCode.brokenEnvironment);
    const elsewhere = await runtimeImage(await lockedRuntime(registry), ["--base", base, ...to, "--lock", "nowhere"]);
    expect(elsewhere.exitCode).toBe(ExitCode.brokenEnvironment);
  });
});
