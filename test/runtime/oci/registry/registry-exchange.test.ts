import { randomBytes } from "node:crypto";
import { bytesBlob, blobFrom, readBlob } from "../../../../lib/runtime/oci/blobs";
import { descriptorOf, documentOf } from "../../../../lib/runtime/oci/descriptor";
import { MediaType } from "../../../../lib/runtime/oci/media-types";
import { ImagePlaces } from "../../../../lib/runtime/oci/open-image";
import { parseReference } from "../../../../lib/runtime/oci/reference";
import { attachArtifact } from "../../../../lib/runtime/oci/attach-artifact";
import { digestOf, LocalServer, SmallRegistry, type RegistryTraits } from "./small-registry";

const servers: LocalServer[] = [];
afterAll(() => {
  for (const server of servers) server.stop();
});

/** A registry, and places that know no credentials. */
async function start(traits: RegistryTraits = {}) {
  const registry = new SmallRegistry(traits);
  const server = await LocalServer.start(registry.handle);
  servers.push(server);
  const places = new ImagePlaces({ HOME: "/nowhere" }, [0, 0, 0]);
  const at = (repository: string) => parseReference(`${server.host}/${repository}`);
  return {
    registry,
    server,
    source: (repository: string) => places.source(at(repository)),
    destination: (repository: string) => places.destination(at(repository)),
  };
}

const layer = randomBytes(3_000_000);
const blob = bytesBlob(MediaType.gzipLayer, layer);
const mismatch = { check: "image-content-mismatch" };

describe("blobs", () => {
  test("are uploaded with their length, once, and read back", async () => {
    const { server, source, destination } = await start();
    expect(await destination("a").putBlob(blob)).toBe("written");
    expect(await destination("a").putBlob(blob)).toBe("existed");
    const uploads = server.seen.filter(({ method }) => method === "PUT");
    expect(uploads).toHaveLength(1);
    expect(uploads[0]).toMatchObject({
      contentLength: "3000000",
      url: expect.stringMatching(/\?state=x&digest=sha256%3A[0-9a-f]{64}$/),
    });
    expect(layer.equals(await readBlob(source("a"), blob.descriptor))).toBe(true);
  });

  test("are mounted from another repository where the registry does that, else streamed", async () => {
    for (const mounts of [true, false]) {
      const { registry, server, source, destination } = await start({ mounts });
      registry.put("base/image", layer);
      const outcome = await destination("a").putBlob(blobFrom(source("base/image"), blob.descriptor));
      expect(outcome).toBe(mounts ? "mounted" : "written");
      expect(server.seen.some(({ method, url }) => method === "GET" && url.includes("/blobs/"))).toBe(!mounts);
      expect(layer.equals(registry.blobs.get(`a/${blob.descriptor.digest}`)!)).toBe(true);
    }
  });

  test("are streamed from one registry to another", async () => {
    const [from, to] = [await start(), await start()];
    from.registry.put("base", layer);
    expect(await to.destination("a").putBlob(blobFrom(from.source("base"), blob.descriptor))).toBe("written");
    expect(to.registry.blobs.has(`a/${blob.descriptor.digest}`)).toBe(true);
  });

  const { digest, size } = blob.descriptor;
  test.each([
    ["another content", Buffer.from(layer).fill(0, size - 1)],
    ["a part of it", layer.subarray(0, size - 1)],
    ["more than it", Buffer.concat([layer, Buffer.from("!")])],
    ["nothing", Buffer.alloc(0)],
  ])("%s is refused, and never uploaded elsewhere", async (_, wrong) => {
    const [from, to] = [await start(), await start()];
    from.registry.blobs.set(`base/${digest}`, wrong);
    await expect(readBlob(from.source("base"), blob.descriptor)).rejects.toMatchObject(mismatch);
    await expect(to.destination("a").putBlob(blobFrom(from.source("base"), blob.descriptor))).rejects.toMatchObject(
      mismatch,
    );
    expect(to.registry.blobs.size).toBe(0);
    // Wrong content is no passing error: it is not asked for again.
    expect(from.server.seen).toHaveLength(2);
  });

  test("that a connection breaks off are transferred again from the start", async () => {
    let broken = 0;
    const from = await start({
      before: (request, response) => {
        if (request.method !== "GET" || broken++ >= 2) return false;
        response
          .writeHead(200, { "content-length": String(size) })
          .write(layer.subarray(0, 100_000), () => response.destroy());
        return true;
      },
    });
    from.registry.put("base", layer);
    const to = await start();
    expect(await to.destination("a").putBlob(blobFrom(from.source("base"), blob.descriptor))).toBe("written");
    expect(broken).toBe(3);
    expect(layer.equals(to.registry.blobs.get(`a/${digest}`)!)).toBe(true);
  });

  test("that are not there are said to be missing", async () => {
    const { source } = await start();
    await expect(source("a").blob(blob.descriptor)).rejects.toMatchObject({ check: "image-not-found" });
  });
});

describe("passing errors", () => {
  test.each([429, 500, 503])("%d is tried again, and an upload begins anew", async (status) => {
    const failed = new Map<string, number>();
    const { registry, destination } = await start({
      before: (request, response) => {
        const count = (failed.get(request.method!) ?? 0) + 1;
        failed.set(request.method!, count);
        if (count > 1) return false;
        response.writeHead(status, { "retry-after": "0" }).end();
        return true;
      },
    });
    expect(await destination("a").putBlob(blob)).toBe("written");
    expect(registry.blobs.size).toBe(1);
    expect(Object.fromEntries(failed)).toEqual({ HEAD: 2, POST: 3, PUT: 2 });
  });

  test("are an end with a remedy after the last attempt", async () => {
    const { server, destination } = await start({
      before: (_, response) => {
        response.writeHead(502).end();
        return true;
      },
    });
    await expect(destination("a").putBlob(blob)).rejects.toMatchObject({
      name: "BrokenEnvironmentError",
      message: expect.stringContaining("502"),
    });
    expect(server.seen).toHaveLength(4);
  });

  test("do not hide what the registry refuses", async () => {
    const { server, destination } = await start({
      before: (request, response) => {
        if (request.method === "HEAD") return false;
        response.writeHead(405).end(JSON.stringify({ errors: [{ code: "UNSUPPORTED", message: "read only" }] }));
        return true;
      },
    });
    await expect(destination("a").putBlob(blob)).rejects.toThrow(/405: UNSUPPORTED read only/);
    expect(server.seen).toHaveLength(2);
  });
});

describe("manifests", () => {
  const manifest = documentOf(MediaType.manifest, { schemaVersion: 2, config: blob.descriptor, layers: [] });

  test("are found by digest and, once published, by tag", async () => {
    for (const silentHead of [false, true]) {
      const { source, destination } = await start({ silentHead });
      await destination("a").putManifest(manifest);
      expect(await source("a").named("v1")).toBeNull();
      await destination("a").publish(manifest, "v1");
      expect(await source("a").named("v1")).toEqual(manifest.descriptor);
      expect((await source("a").manifest(manifest.descriptor.digest)).descriptor).toEqual(manifest.descriptor);
    }
  });

  test("are refused when they are others", async () => {
    const { registry, source } = await start({ silentHead: true });
    const { digest } = manifest.descriptor;
    registry.manifests.set(`a/${digest}`, { type: MediaType.manifest, bytes: Buffer.from("{}") });
    await expect(source("a").manifest(digest)).rejects.toMatchObject(mismatch);
    registry.manifests.set(`a/${digest}`, { type: MediaType.manifest, bytes: Buffer.alloc(5_000_000, " ") });
    await expect(source("a").manifest(digest)).rejects.toThrow(/more than 4194304 bytes/);
  });

  test("are refused when the registry keeps them as something else", async () => {
    const { destination } = await start({
      before: (_, response) => {
        response.writeHead(201, { "docker-content-digest": `sha256:${"0".repeat(64)}` }).end();
        return true;
      },
    });
    await expect(destination("a").putManifest(manifest)).rejects.toMatchObject(mismatch);
  });
});

describe.each([true, false])("referrers of a registry whose referrers API is there: %p", (referrersApi) => {
  const image = documentOf(MediaType.manifest, { schemaVersion: 2, config: blob.descriptor, layers: [] });
  const sbom = { artifactType: "application/spdx+json", bytes: Buffer.from('{"spdx":1}'), annotations: {} };

  test("are attached once, listed and read", async () => {
    const { registry, source, destination } = await start({ referrersApi });
    await destination("a").putManifest(image);
    expect(await source("a").referrers(image.descriptor.digest)).toEqual([]);
    const first = await attachArtifact(destination("a"), image.descriptor, sbom);
    await attachArtifact(destination("a"), image.descriptor, sbom);
    const second = await attachArtifact(destination("a"), image.descriptor, { ...sbom, bytes: Buffer.from("{}") });
    const listed = await source("a").referrers(image.descriptor.digest);
    expect(listed.map(({ digest }) => digest)).toEqual(
      [first, second].map(({ descriptor }) => descriptor.digest).sort(),
    );
    expect(listed.map(({ artifactType }) => artifactType)).toEqual([sbom.artifactType, sbom.artifactType]);
    expect(registry.manifests.has(`a/${image.descriptor.digest.replace(":", "-")}`)).toBe(!referrersApi);
  });
});

test("a list of referrers that another overwrites at the same time is written again", async () => {
  const image = documentOf(MediaType.manifest, { schemaVersion: 2, config: blob.descriptor, layers: [] });
  const tag = image.descriptor.digest.replace(":", "-");
  const theirs = JSON.stringify({
    schemaVersion: 2,
    manifests: [descriptorOf("application/x", Buffer.from("theirs"))],
  });
  let overwritten = false;
  const { registry, source, destination } = await start({
    before: (request) => {
      // The other one writes right after our first write, from what it had read before.
      if (request.method !== "GET" || !request.url!.endsWith(tag) || !registry.manifests.has(`a/${tag}`) || overwritten)
        return false;
      overwritten = true;
      registry.manifests.set(`a/${tag}`, { type: MediaType.index, bytes: Buffer.from(theirs) });
      return false;
    },
  });
  await destination("a").putManifest(image);
  const ours = await attachArtifact(destination("a"), image.descriptor, {
    artifactType: "application/y",
    bytes: Buffer.from("y"),
    annotations: {},
  });
  const listed = (await source("a").referrers(image.descriptor.digest)).map(({ digest }) => digest);
  expect(overwritten).toBe(true);
  expect(listed).toEqual([ours.descriptor.digest, digestOf(Buffer.from("theirs"))].sort());
});
