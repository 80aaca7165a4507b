import { spawnSync } from "node:child_process";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { JobRuntime } from "slipway";
import { Problems } from "../../../lib/blueprint/problems";
import { commandLine } from "../../../lib/runtime/command-line";
import { ImagePlaces } from "../../../lib/runtime/oci/open-image";
import { parseReference } from "../../../lib/runtime/oci/reference";
import { version } from "../../../lib/runtime/version";
import { packedSlipway } from "../../package/packed-slipway";
import { layingPlace } from "../../runtime/packaging/laying-place";
import { temporaryFolder } from "../../runtime/temporary-folder";
import { writeFiles } from "../../runtime/write-files";
import { describeWith, ToolMissingError } from "../../tools";
import { baseSystem, ContainerEngine, LoopbackRegistry, restrictedRunFlags } from "../container-engine";
import { nodeImage } from "./node-image";

/** Where the machine's own node can run in an image at all. */
function nodeForImages(): void {
  if (process.platform !== "linux")
    throw new ToolMissingError("a base with Node.js", "this machine's node is not Linux's");
}

describeWith(
  () => {
    nodeForImages();
    return { Engine: ContainerEngine.required(), Registry: LoopbackRegistry.required(), base: baseSystem() };
  },
  "the image of the jobs' runtime, in a container engine",
  ({ Engine, Registry, base }) => {
    const folder = temporaryFolder();
    let engine: ContainerEngine;
    let places: LoopbackRegistry;
    let document: Record<string, unknown>;
    let image: string;

    beforeAll(async () => {
      [engine, places] = await Promise.all([Engine.start(), Registry.start()]);
      engine.load(`oci:${base.layout}:base`, "base:test");
      deliverRuntime();
      document = await runtimeImage(nodeImage(engine, places, "base:test"));
      image = String(document.reference);
      engine.docker("pull", "--quiet", image);
    });
    afterAll(async () => {
      await engine.stop();
      await places.stop();
    });

    /** What a pipeline delivers into the model repository: this very Slipway, vendored. */
    function deliverRuntime(): void {
      const problems = new Problems();
      const runtime = JobRuntime.vendored(packedSlipway(), resolve("package-lock.json")).load("/", problems);
      expect(problems.list).toEqual([]);
      writeFiles(folder, Object.fromEntries(runtime!.files.map(({ path, content }) => [path, content])));
    }

    async function runtimeImage(on: string): Promise<Record<string, unknown>> {
      // npm's cache is by content and checked when it is read.
      const npmCache = process.env.npm_config_cache ?? join(homedir(), ".npm");
      const said = { stdout: "", stderr: "" };
      const platform = `linux/${process.arch === "arm64" ? "arm64" : "amd64"}`;
      const repository = `${places.host}/acme/slipway-runtime`;
      await commandLine(["runtime-image", "--base", on, "--repository", repository, "--platform", platform, "--json"], {
        directory: folder,
        env: layingPlace(folder, { npm_config_cache: npmCache }).env,
        streams: { stdout: (text) => (said.stdout += text), stderr: (text) => (said.stderr += text) },
        now: () => new Date(),
      });
      const printed = JSON.parse(said.stdout) as Record<string, unknown>;
      if (printed.outcome !== "passed") throw new Error(said.stderr);
      return printed;
    }

    const restricted = (...args: readonly string[]): string =>
      engine.docker("run", "--rm", "--network", "none", ...restrictedRunFlags, ...args);

    it("runs the command without any right, by its entrypoint and by its name", () => {
      expect(restricted(image, "--version")).toBe(version());
      expect(restricted(image, "evidence", "--help")).toContain("slipway evidence");
      expect(restricted("--entrypoint", "slipway", image, "--version")).toBe(version());
      expect(
        restricted("--entrypoint", "sh", image, "-c", "cd /tmp && slipway --version; pwd; id -u; echo $NODE_ENV"),
      ).toBe(`${version()}\n/tmp\n65532\nproduction`);
    });

    it("refuses in a container as on a machine", () => {
      const refused = engine.tryDocker("run", "--rm", ...restrictedRunFlags, image, "evidence", "show", "nowhere.json");
      expect(refused.status).toBe(2);
      expect(refused.output).toContain("nowhere.json");
    });

    it("holds DuckDB and signing for the platform", () => {
      const code =
        'const m = "/opt/slipway/runtime/node_modules/"; require(m + "sigstore");' +
        'const { DuckDBInstance } = require(m + "@duckdb/node-api");' +
        'DuckDBInstance.create(":memory:").then((db) => db.connect()).then((c) => c.runAndReadAll("select 6 * 7"))' +
        ".then((r) => console.log(Number(r.getRows()[0][0])));";
      expect(restricted("--entrypoint", "node", image, "-e", code)).toBe("42");
    });

    it("says what it is, and has its bill of materials attached", async () => {
      const [{ Config }] = JSON.parse(engine.docker("inspect", image)) as [{ Config: Record<string, unknown> }];
      expect(Config).toMatchObject({
        User: "65532:65532",
        WorkingDir: "/work",
        Labels: {
          "org.opencontainers.image.title": "slipway-runtime",
          "org.opencontainers.image.version": version(),
          "dev.slipway.runtime-lock": `sha256:${String(document.lockSha256)}`,
        },
      });
      const source = new ImagePlaces({ HOME: folder }).source(parseReference(image));
      const referrers = await source.referrers(String(document.image));
      expect(referrers.map(({ artifactType }) => artifactType)).toEqual(["application/vnd.cyclonedx+json"]);
      const bill = spawnSync(
        "skopeo",
        ["inspect", "--raw", ...places.skopeoFlags(""), `docker://${image.split("@")[0]!}@${referrers[0]!.digest}`],
        { encoding: "utf8" },
      );
      expect(bill).toMatchObject({ status: 0, stdout: expect.stringContaining("sbom.cdx.json") });
    });
  },
);
