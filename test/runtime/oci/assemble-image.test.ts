import { join } from "node:path";
import { assembleImage, assembleIndex, type AssembleImageProps } from "../../../lib/runtime/oci/assemble-image";
import type { ManifestContent } from "../../../lib/runtime/oci/descriptor";
import { writeLayer } from "../../../lib/runtime/oci/layer/write-layer";
import { ImagePlaces } from "../../../lib/runtime/oci/open-image";
import { putImage } from "../../../lib/runtime/oci/put-image";
import { formatReference, parseReference, type ImageReference } from "../../../lib/runtime/oci/reference";
import { movedTag, resolveBase } from "../../../lib/runtime/oci/resolve-base";
import { temporaryFolder } from "../temporary-folder";
import { putBase, putBaseIndex, type BaseTraits } from "./a-base-image";
import { LocalServer, SmallRegistry } from "./registry/small-registry";

const top = temporaryFolder();
let server: LocalServer;
let registry: SmallRegistry;
beforeEach(async () => {
  registry = new SmallRegistry({ mounts: true });
  server = await LocalServer.start(registry.handle);
});
afterEach(() => {
  server.stop();
});

const places = new ImagePlaces({ HOME: top }, []);
const at = (text: string): ImageReference => parseReference(`${server.host}/${text}`);
const destination = () => places.destination(at("base"));
const resolve = (reference: ImageReference, platform: "linux/amd64" | "linux/arm64" = "linux/amd64") =>
  resolveBase(reference, platform, places.source(reference));
const text = ({ bytes }: ManifestContent) => JSON.parse(Buffer.from(bytes).toString()) as Record<string, unknown>;

async function base(traits: BaseTraits = {}) {
  const { descriptor } = await putBase(destination(), traits);
  return resolve(at(`base:3@${descriptor.digest}`));
}

const start: AssembleImageProps["config"] = {
  env: { SLIPWAY_PORT: "8080", PATH: "/opt/bin:/usr/bin" },
  entrypoint: ["python", "-m", "server"],
  user: "65532:65532",
  workingDir: "/opt/slipway",
  exposedPorts: [8080],
  labels: { "org.opencontainers.image.title": "risk" },
  stopSignal: "SIGTERM",
};

async function aLayer() {
  const entries = [{ kind: "file", path: "/opt/x", content: Buffer.from("x"), executable: false } as const];
  return { ...(await writeLayer(entries, join(top, "layer"))), createdBy: "slipway: model" };
}

describe("a base", () => {
  test.each([false, true])("is the manifest of the platform, with OCI types (docker's: %p)", async (docker) => {
    const index = await putBaseIndex(destination(), docker);
    const reference = at(`base:3@${index.descriptor.digest}`);
    const [amd64, arm64] = [await resolve(reference), await resolve(reference, "linux/arm64")];
    expect([amd64.config.architecture, arm64.config.architecture]).toEqual(["amd64", "arm64"]);
    expect(amd64).toMatchObject({
      name: formatReference(at("base:3")),
      digest: index.descriptor.digest,
      manifest: { mediaType: "application/vnd.oci.image.manifest.v1+json" },
      layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar+gzip" }],
    });
    expect(registry.blobs.has(`base/${arm64.layers[0]!.digest}`)).toBe(true);
  });

  test("without a digest is refused with the one it has now", async () => {
    const manifest = await putBase(destination());
    await destination().publish(manifest, "3");
    const digest = manifest.descriptor.digest;
    await expect(resolve(at("base:3"))).rejects.toMatchObject({
      problems: [
        { says: expect.stringContaining("base-not-pinned"), remedy: expect.stringContaining(`base:3@${digest}`) },
      ],
    });
    await expect(resolve(at("base:4"))).rejects.toMatchObject({
      problems: [{ remedy: expect.stringContaining("NAME:TAG@") }],
    });
  });

  test("for other platforms is refused with those", async () => {
    const arm64 = await putBase(destination(), { architecture: "arm64" });
    await expect(resolve(at(`base@${arm64.descriptor.digest}`))).rejects.toMatchObject({
      check: "base-platform-missing",
      message: expect.stringContaining("it is for linux/arm64"),
    });
    const index = await putBaseIndex(destination());
    await expect(
      resolveBase(at(`base@${index.descriptor.digest}`), "linux/s390x" as "linux/amd64", places.source(at("base"))),
    ).rejects.toThrow(/it is for linux\/amd64, linux\/arm64\/v8/);
  });

  test.each<[string, BaseTraits, string]>([
    [
      "a foreign layer",
      { layer: { mediaType: "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip" } },
      "base-layer-not-distributable",
    ],
    ["a layer of addresses", { layer: { urls: ["https://example.com/x"] } }, "base-layer-not-distributable"],
    [
      "an encrypted layer",
      { layer: { mediaType: "application/vnd.oci.image.layer.v1.tar+gzip+encrypted" } },
      "base-layer-not-distributable",
    ],
    ["a digest that is none", { layer: { digest: "sha256:../../../etc" } }, "image-unreadable"],
  ])("with %s is refused", async (_, traits, check) => {
    await expect(base(traits)).rejects.toMatchObject({ check });
  });

  test("says when its tag leads elsewhere by now", async () => {
    const [old, current] = [await putBase(destination()), await putBase(destination(), { architecture: "arm64" })];
    await destination().publish(old, "3");
    const reference = at(`base:3@${old.descriptor.digest}`);
    expect(await movedTag(reference, places.source(reference))).toBeNull();
    await destination().publish(current, "3");
    expect(await movedTag(reference, places.source(reference))).toEqual({ tag: "3", now: current.descriptor.digest });
    const gone = { ...reference, tag: "4" } as ImageReference;
    expect(await movedTag(gone, places.source(gone))).toEqual({ tag: "4", now: null });
  });
});

describe("an image", () => {
  test("keeps the base's layers, variables and history, and none of its labels and commands", async () => {
    const on = await base({
      config: {
        Env: ["PATH=/usr/bin", "LANG=C.UTF-8"],
        Cmd: ["bash"],
        Entrypoint: ["tini"],
        Labels: { "org.opencontainers.image.version": "24.04" },
        Volumes: { "/data": {} },
      },
      history: [{ created_by: "ADD file" }, { created_by: "ENV", empty_layer: true }],
    });
    const layer = await aLayer();
    const image = assembleImage({
      base: on,
      layers: [layer],
      config: start,
      platform: "linux/amd64",
      annotations: { a: "b" },
    });
    expect(text(image.config)).toEqual({
      created: "1970-01-01T00:00:00Z",
      os: "linux",
      architecture: "amd64",
      config: {
        User: "65532:65532",
        ExposedPorts: { "8080/tcp": {} },
        Env: ["PATH=/opt/bin:/usr/bin", "LANG=C.UTF-8", "SLIPWAY_PORT=8080"],
        Entrypoint: ["python", "-m", "server"],
        WorkingDir: "/opt/slipway",
        Labels: { "org.opencontainers.image.title": "risk" },
        StopSignal: "SIGTERM",
      },
      rootfs: { type: "layers", diff_ids: [on.config.rootfs.diff_ids[0], layer.diffId] },
      history: [
        { created_by: "ADD file" },
        { created_by: "ENV", empty_layer: true },
        { created: "1970-01-01T00:00:00Z", created_by: "slipway: model" },
      ],
    });
    expect(text(image.manifest)).toEqual({
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      config: image.config.descriptor,
      layers: [on.layers[0], layer.descriptor],
      annotations: {
        a: "b",
        "org.opencontainers.image.base.name": `${server.host}/base:3`,
        "org.opencontainers.image.base.digest": on.digest,
      },
    });
  });

  test("is the same whatever the order of what has none", async () => {
    const [on, layer] = [await base(), await aLayer()];
    const props = {
      base: on,
      layers: [layer],
      config: start,
      platform: "linux/amd64",
      annotations: { a: "1", b: "2" },
    } as const;
    const turned = { ...start, env: Object.fromEntries(Object.entries(start.env).reverse()) };
    const [one, other] = [
      assembleImage(props),
      assembleImage({ ...props, config: turned, annotations: { b: "2", a: "1" } }),
    ];
    expect(other.manifest.descriptor.digest).toBe(one.manifest.descriptor.digest);
  });

  test("has an entry of history per layer where its base has none", async () => {
    const image = assembleImage({
      base: await base(),
      layers: [await aLayer()],
      config: start,
      platform: "linux/amd64",
      annotations: {},
    });
    expect(text(image.config).history).toHaveLength(2);
  });

  test("is put with its base's layers mounted, and the index over its platforms is found by tag", async () => {
    const index = await putBaseIndex(destination());
    const layer = await aLayer();
    const to = places.destination(at("risk"));
    const images = [];
    for (const platform of ["linux/arm64", "linux/amd64"] as const) {
      const on = await resolve(at(`base@${index.descriptor.digest}`), platform);
      const image = assembleImage({ base: on, layers: [layer], config: start, platform, annotations: {} });
      const counts = await putImage(image, on, [layer], to);
      expect(counts).toEqual({
        mounted: 1,
        written: platform === "linux/arm64" ? 2 : 1,
        existed: platform === "linux/arm64" ? 0 : 1,
      });
      images.push(image);
    }
    const both = assembleIndex(images, {});
    expect(both).toEqual(assembleIndex([...images].reverse(), {}));
    await to.putManifest(both);
    await to.publish(both, "v1");
    expect(await places.source(at("risk")).named("v1")).toEqual(both.descriptor);
    expect(text(both).manifests).toMatchObject([
      { platform: { architecture: "amd64" } },
      { platform: { architecture: "arm64" } },
    ]);
  });
});
