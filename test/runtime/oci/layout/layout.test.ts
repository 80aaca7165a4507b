import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { attachArtifact } from "../../../../lib/runtime/oci/attach-artifact";
import { bytesBlob, readBlob } from "../../../../lib/runtime/oci/blobs";
import { LayoutDestination } from "../../../../lib/runtime/oci/layout/layout-destination";
import { LayoutSource } from "../../../../lib/runtime/oci/layout/layout-source";
import { temporaryFolder } from "../../temporary-folder";
import { putBase } from "../a-base-image";

const top = temporaryFolder();
const blob = bytesBlob("application/octet-stream", Buffer.from("a blob"));

/** A folder's name in a folder of its own, so that what is left beside it shows. */
function place(name: string): string {
  mkdirSync(join(top, name));
  return join(top, name, "image");
}

async function published(folder: string, tag: string | null = null) {
  const destination = new LayoutDestination(folder);
  const manifest = await putBase(destination);
  await destination.publish(manifest, tag);
  return { destination, manifest };
}

test("a new layout is there once it is published, whole, with nothing beside it", async () => {
  const folder = place("new");
  const destination = new LayoutDestination(folder);
  const manifest = await putBase(destination);
  expect(readdirSync(join(top, "new"))).toEqual([expect.stringMatching(/^image\..+\.part$/)]);
  await destination.publish(manifest, null);
  expect(readdirSync(join(top, "new"))).toEqual(["image"]);
  expect(JSON.parse(readFileSync(join(folder, "oci-layout"), "utf8"))).toEqual({ imageLayoutVersion: "1.0.0" });
  const source = new LayoutSource(folder);
  expect(await source.named(null)).toEqual(manifest.descriptor);
  expect((await source.manifest(manifest.descriptor.digest)).descriptor).toEqual(manifest.descriptor);
});

test("nothing is left of one that is abandoned", async () => {
  const destination = new LayoutDestination(place("abandoned"));
  await destination.putBlob(blob);
  await destination.abandon();
  expect(readdirSync(join(top, "abandoned"))).toEqual([]);
});

test("images and artifacts are added to a layout, and tags move", async () => {
  const folder = place("added");
  const { manifest } = await published(folder, "v1");
  const later = new LayoutDestination(folder);
  expect(await later.putBlob(blob)).toBe("written");
  expect(await later.putBlob(blob)).toBe("existed");
  const other = await putBase(later, { architecture: "arm64" });
  const source = new LayoutSource(folder);
  expect(await source.named(null)).toMatchObject({ digest: manifest.descriptor.digest });
  await later.publish(other, "v1");
  expect(await source.named("v1")).toMatchObject({ digest: other.descriptor.digest });
  expect(await source.named("v2")).toBeNull();
  await later.publish(manifest, null);
  await expect(source.named(null)).rejects.toMatchObject({ check: "image-ambiguous" });
  const artifact = await attachArtifact(later, other.descriptor, {
    artifactType: "application/spdx+json",
    bytes: Buffer.from("{}"),
    annotations: { "org.example.kind": "sbom" },
  });
  await later.abandon();
  expect(await source.referrers(manifest.descriptor.digest)).toEqual([]);
  expect(await source.referrers(other.descriptor.digest)).toEqual([
    { ...artifact.descriptor, artifactType: "application/spdx+json", annotations: { "org.example.kind": "sbom" } },
  ]);
});

test("content that is not what its descriptor says is neither written nor read", async () => {
  const folder = place("verified");
  const { destination } = await published(folder);
  const lying = { ...blob, open: bytesBlob("x", Buffer.from("A blob")).open };
  await expect(destination.putBlob(lying)).rejects.toMatchObject({ check: "image-content-mismatch" });
  expect(readdirSync(join(folder, "blobs", "sha256")).filter((name) => name.includes("part"))).toEqual([]);
  await destination.putBlob(blob);
  writeFileSync(join(folder, "blobs", ...blob.descriptor.digest.split(":")), "A blob");
  await expect(readBlob(new LayoutSource(folder), blob.descriptor)).rejects.toMatchObject({
    check: "image-content-mismatch",
  });
});

test("a folder that holds something else is refused, and left alone", async () => {
  const folder = place("other");
  mkdirSync(folder);
  writeFileSync(join(folder, "thesis.txt"), "mine");
  await expect(new LayoutDestination(folder).putBlob(blob)).rejects.toThrow(/is no folder in the OCI image layout/);
  await expect(new LayoutSource(folder).named(null)).rejects.toThrow(/is no folder in the OCI image layout/);
  await expect(new LayoutSource(join(top, "nothing")).named(null)).rejects.toThrow(/is no folder/);
  expect(readdirSync(folder)).toEqual(["thesis.txt"]);
});

test("of two that make one layout at once, one is told that it did not", async () => {
  const folder = place("race");
  const [first, second] = [new LayoutDestination(folder), new LayoutDestination(folder)];
  const manifests = [await putBase(first), await putBase(second)] as const;
  await first.publish(manifests[0], null);
  await expect(second.publish(manifests[1], null)).rejects.toMatchObject({ name: "BrokenEnvironmentError" });
  await second.abandon();
  expect(readdirSync(join(top, "race"))).toEqual(["image"]);
});
