import { execFileSync, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assembleImage, assembleIndex, type AssembledImage } from "../../../lib/runtime/oci/assemble-image";
import { attachArtifact } from "../../../lib/runtime/oci/attach-artifact";
import { readBlob } from "../../../lib/runtime/oci/blobs";
import type { ImagePlatform } from "../../../lib/blueprint/pipeline/pipeline-document";
import { parseManifest } from "../../../lib/runtime/oci/image-documents";
import type { ImageDestination } from "../../../lib/runtime/oci/image-places";
import { writeLayer } from "../../../lib/runtime/oci/layer/write-layer";
import { ImagePlaces } from "../../../lib/runtime/oci/open-image";
import { putImage, type PutCounts } from "../../../lib/runtime/oci/put-image";
import { formatReference, parseReference, type ImageReference } from "../../../lib/runtime/oci/reference";
import { resolveBase } from "../../../lib/runtime/oci/resolve-base";
import { putBaseIndex } from "../../runtime/oci/a-base-image";
import { describeWith, goTool, ToolMissingError } from "../../tools";
import { programOnPath, RegistryServer } from "./registry-server";

const platforms: readonly ImagePlatform[] = ["linux/amd64", "linux/arm64"];
// Short and in lower case, as podman wants paths.
const top = join(tmpdir(), `slipway-${randomUUID().slice(0, 8)}`);
mkdirSync(top);
afterAll(() => {
  rmSync(top, { recursive: true, force: true });
});

/** Larger than one gzip member, so that readers which stop after the first would show. */
const big = Buffer.alloc(40_000_000, "weights of a model ");
const entries = [
  { kind: "file", path: "/opt/slipway/model/weights.bin", content: big, executable: false },
  { kind: "file", path: "/opt/slipway/model/modèle 模型.json", content: Buffer.from("{}"), executable: false },
  { kind: "file", path: "/opt/slipway/server/run", content: Buffer.from("#!/bin/sh\n"), executable: true },
] as const;

/** Builds an image for two platforms upon a base in `from` and publishes the index over them. */
async function build(places: ImagePlaces, base: ImageReference, to: ImageDestination, tag: string | null) {
  const layer = { ...(await writeLayer(entries, join(top, "layer"))), createdBy: "slipway: model" };
  const images: AssembledImage[] = [];
  const counts: PutCounts[] = [];
  for (const platform of platforms) {
    const on = await resolveBase(base, platform, places.source(base));
    const image = assembleImage({
      base: on,
      layers: [layer],
      config: {
        env: { SLIPWAY_PORT: "8080" },
        entrypoint: ["/opt/slipway/server/run"],
        user: "65532:65532",
        workingDir: "/opt/slipway",
        exposedPorts: [8080],
        labels: {},
        stopSignal: "SIGTERM",
      },
      platform,
      annotations: { "org.opencontainers.image.title": "risk" },
    });
    counts.push(await putImage(image, on, [layer], to));
    images.push(image);
  }
  const index = assembleIndex(images, {});
  await to.putManifest(index);
  await to.publish(index, tag);
  return { index, images, counts };
}

/** What holds of every registry. */
function registryBehaviour(start: () => Promise<RegistryServer>, mounts: boolean): void {
  let server: RegistryServer;
  let places: ImagePlaces;
  const at = (name: string): ImageReference => parseReference(`${server.host}/${name}`);
  const login = (): string =>
    server.credentials === null ? "" : `${server.credentials.username}:${server.credentials.password}`;
  beforeAll(async () => {
    server = await start();
    places = new ImagePlaces(server.env);
  });
  afterAll(() => server.stop());

  async function pushed(repository: string) {
    const base = await putBaseIndex(places.destination(at("base/python")));
    const reference = at(`base/python:3@${base.descriptor.digest}`);
    return build(places, reference, places.destination(at(repository)), "v1");
  }

  test("an image is pushed with its base's layers mounted, and pushed again without a transfer", async () => {
    const first = await pushed("team/risk");
    expect(first.counts[0]).toEqual(mounts ? { mounted: 1, written: 2, existed: 0 } : expect.anything());
    const again = await pushed("team/risk");
    expect(again.index.descriptor).toEqual(first.index.descriptor);
    expect(again.counts).toEqual([
      { mounted: 0, written: 0, existed: 3 },
      { mounted: 0, written: 0, existed: 3 },
    ]);
    const source = places.source(at("team/risk"));
    expect(await source.named("v1")).toEqual(first.index.descriptor);
    expect(await source.named("v2")).toBeNull();
    const manifest = parseManifest(await source.manifest(first.images[0]!.manifest.descriptor.digest));
    let bytes = 0;
    for await (const chunk of await source.blob(manifest.layers[1]!)) bytes += chunk.length;
    expect(bytes).toBe(manifest.layers[1]!.size);
  });

  test("documents are attached to it, found and read", async () => {
    const { index } = await pushed("team/attached");
    const to = places.destination(at("team/attached"));
    const artifacts = [];
    for (const kind of ["spdx", "slsa"]) {
      const artifact = {
        artifactType: `application/${kind}+json`,
        bytes: Buffer.from(`{"kind":"${kind}"}`),
        annotations: { kind },
      };
      artifacts.push(await attachArtifact(to, index.descriptor, artifact));
      await attachArtifact(to, index.descriptor, artifact);
    }
    const source = places.source(at("team/attached"));
    const listed = await source.referrers(index.descriptor.digest);
    expect(listed.map(({ digest }) => digest)).toEqual(artifacts.map(({ descriptor }) => descriptor.digest).sort());
    const spdx = listed.find(({ artifactType }) => artifactType === "application/spdx+json")!;
    const [document] = parseManifest(await source.manifest(spdx.digest)).layers;
    expect(Buffer.from(await readBlob(source, document!)).toString()).toBe('{"kind":"spdx"}');
  });

  describeWith(
    () => programOnPath("skopeo"),
    "as skopeo sees it",
    (skopeo) => {
      test("the image has the configuration that was written, and is copied whole for both platforms", async () => {
        const { images, index } = await pushed("team/skopeo");
        const creds = login() === "" ? [] : ["--creds", login()];
        for (const [number, platform] of platforms.entries()) {
          const args = ["--override-os", "linux", "--override-arch", platform.split("/")[1]!];
          const from = `docker://${server.host}/team/skopeo:v1`;
          const seen = execFileSync(skopeo, [...args, "inspect", "--config", "--tls-verify=false", ...creds, from], {
            encoding: "utf8",
          });
          expect(JSON.parse(seen)).toEqual(JSON.parse(Buffer.from(images[number]!.config.bytes).toString()));
        }
        const copy = join(top, `copy-${randomUUID()}`);
        const from = `docker://${server.host}/team/skopeo@${index.descriptor.digest}`;
        const tls = ["--src-tls-verify=false", ...(login() === "" ? [] : ["--src-creds", login()])];
        execFileSync(skopeo, [
          "copy",
          "--insecure-policy",
          "--quiet",
          "--all",
          "--preserve-digests",
          ...tls,
          from,
          `oci:${copy}:v1`,
        ]);
        expect(await places.source(parseReference(`oci:${copy}`)).named("v1")).toMatchObject({
          digest: index.descriptor.digest,
        });
      });
    },
  );

  describeWith(
    () => goTool("crane"),
    "as go-containerregistry sees it",
    (crane) => {
      test("every layer, digest and diff id of the image is valid", async () => {
        const { images } = await pushed("team/crane");
        const config = mkdtempSync(join(top, "docker-"));
        const env = { ...process.env, DOCKER_CONFIG: config };
        if (server.credentials !== null) {
          const { username, password } = server.credentials;
          execFileSync(crane, ["auth", "login", server.host, "-u", username, "-p", password], { env, stdio: "ignore" });
        }
        for (const { manifest, platform } of images) {
          const remote = formatReference({ ...at("team/crane"), digest: manifest.descriptor.digest });
          const said = spawnSync(crane, ["validate", "--remote", remote, "--platform", platform], {
            env,
            encoding: "utf8",
          });
          expect([said.status, said.stdout + said.stderr]).toEqual([0, expect.stringContaining("PASS")]);
        }
      });
    },
  );
}

describeWith(
  () => programOnPath("docker-registry"),
  "the registry of the distribution project",
  (program) => {
    registryBehaviour(() => RegistryServer.distribution(program), true);

    test("refuses who has no credentials, with a remedy", async () => {
      const server = await RegistryServer.distribution(program);
      try {
        const anonymous = new ImagePlaces({ HOME: top }).source(parseReference(`${server.host}/a`));
        await expect(anonymous.named("v1")).rejects.toMatchObject({
          name: "BrokenEnvironmentError",
          message: expect.stringContaining("401"),
          remedy: expect.stringContaining(`docker login ${server.host}`),
        });
      } finally {
        await server.stop();
      }
    });
  },
);

describeWith(
  () => goTool("crane"),
  "the registry of go-containerregistry",
  () => {
    registryBehaviour(() => RegistryServer.crane(), false);
  },
);

describe("an image in a folder", () => {
  async function inFolder(name: string) {
    const places = new ImagePlaces({ HOME: top });
    const base = parseReference(`oci:${join(top, `${name}-base`)}`);
    const destination = places.destination(base);
    const index = await putBaseIndex(destination);
    await destination.publish(index, null);
    const to = places.destination(parseReference(`oci:${join(top, name)}`));
    return build(places, { ...base, digest: index.descriptor.digest }, to, "v1");
  }

  describeWith(
    () => programOnPath("skopeo"),
    "as skopeo sees it",
    (skopeo) => {
      test("is copied whole, to another folder and to the files of one platform", async () => {
        const { index, images } = await inFolder("copied");
        const from = `oci:${join(top, "copied")}:v1`;
        const all = join(top, "skopeo-all");
        execFileSync(skopeo, [
          "copy",
          "--insecure-policy",
          "--quiet",
          "--all",
          "--preserve-digests",
          from,
          `oci:${all}:v1`,
        ]);
        expect(await new ImagePlaces({}).source(parseReference(`oci:${all}`)).named("v1")).toMatchObject({
          digest: index.descriptor.digest,
        });
        const files = join(top, "skopeo-files");
        const arm64 = ["--override-os", "linux", "--override-arch", "arm64"];
        // To uncompress a layer, all of its gzip members are read, and what comes out is held to the diff id.
        execFileSync(skopeo, [
          ...arm64,
          "copy",
          "--insecure-policy",
          "--quiet",
          "--dest-decompress",
          from,
          `dir:${files}`,
        ]);
        const layers = (
          JSON.parse(readFileSync(join(files, "manifest.json"), "utf8")) as { layers: { digest: string }[] }
        ).layers;
        const config = JSON.parse(Buffer.from(images[1]!.config.bytes).toString()) as {
          rootfs: { diff_ids: string[] };
        };
        expect(layers.map(({ digest }) => digest)).toEqual(config.rootfs.diff_ids);
      });
    },
  );

  describeWith(
    () => {
      // Anybody else would need user namespaces, which not every machine allows.
      if (process.getuid?.() !== 0) throw new ToolMissingError("podman", "only root can mount its images");
      return programOnPath("podman");
    },
    "as podman sees it",
    (podman) => {
      test("is unpacked into podman's storage with every file", async () => {
        await inFolder("pulled");
        const storage = join(top, "podman");
        const args = ["--root", join(storage, "root"), "--runroot", join(storage, "run"), "--storage-driver", "vfs"];
        const run = (...more: string[]): string =>
          execFileSync(podman, [...args, ...more], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
        const image = run("pull", "--quiet", "--arch", "amd64", `oci:${join(top, "pulled")}:v1`).trim();
        const mounted = run("image", "mount", image).trim();
        expect(readFileSync(join(mounted, "opt/slipway/model/weights.bin")).equals(big)).toBe(true);
        run("image", "unmount", image);
      });
    },
  );
});
