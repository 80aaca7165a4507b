import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";
import { readBlob } from "../../../lib/runtime/oci/blobs";
import { parseConfig, parseManifest } from "../../../lib/runtime/oci/image-documents";
import { LayoutDestination } from "../../../lib/runtime/oci/layout/layout-destination";
import { LayoutSource } from "../../../lib/runtime/oci/layout/layout-source";
import { copyDockerArchive } from "../../../lib/runtime/packaging/docker-archive";
import { needPrograms } from "../../live/container-engine/debian-programs";
import { describeWith } from "../../tools";
import { temporaryFolder } from "../temporary-folder";

const top = temporaryFolder();

interface Entry {
  readonly name: string;
  readonly content?: Buffer | string;
  /** What it is a symbolic link to. */
  readonly link?: string;
}

async function tar(entries: readonly Entry[]): Promise<Buffer> {
  const archive = pack();
  for (const { name, content = "", link } of entries) {
    const mtime = new Date(0);
    if (link === undefined) archive.entry({ name, mtime }, Buffer.from(content));
    else archive.entry({ name, mtime, type: "symlink", linkname: link });
  }
  archive.finalize();
  return await buffer(archive);
}

const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

async function image() {
  const layers = [
    await tar([{ name: "etc/first", content: "first" }]),
    await tar([{ name: "etc/second", content: "second" }]),
  ];
  // The same layer twice, as a Dockerfile that repeats a step has it.
  const order = [layers[0]!, layers[1]!, layers[0]!];
  const config = Buffer.from(
    JSON.stringify({
      os: "linux",
      architecture: "amd64",
      config: { Env: ["A=1"] },
      rootfs: { type: "layers", diff_ids: order.map((layer) => `sha256:${sha256(layer)}`) },
    }),
  );
  return { order, config };
}

/** As docker wrote it before version 25: a folder for each layer, a layer that repeats is a link to the first. */
async function oldArchive(): Promise<readonly Entry[]> {
  const { order, config } = await image();
  const paths = ["a/layer.tar", "b/layer.tar", "c/layer.tar"];
  const name = `${sha256(config)}.json`;
  return [
    { name, content: config },
    { name: paths[0]!, content: order[0]! },
    { name: paths[1]!, content: order[1]! },
    { name: paths[2]!, link: "../a/layer.tar" },
    { name: "manifest.json", content: JSON.stringify([{ Config: name, RepoTags: null, Layers: paths }]) },
  ];
}

/** As docker has written it since: blobs by their digest, in an OCI layout that is one as well. */
async function newArchive(): Promise<readonly Entry[]> {
  const { order, config } = await image();
  const blob = (bytes: Buffer): string => `blobs/sha256/${sha256(bytes)}`;
  const contents = new Map([...order, config].map((bytes) => [blob(bytes), bytes]));
  return [
    ...[...contents].map(([name, content]) => ({ name, content })),
    { name: "oci-layout", content: '{"imageLayoutVersion":"1.0.0"}' },
    {
      name: "manifest.json",
      content: JSON.stringify([{ Config: blob(config), RepoTags: null, Layers: order.map(blob) }]),
    },
  ];
}

async function written(entries: readonly Entry[]): Promise<string> {
  const file = join(mkdtempSync(join(top, "archive-")), "image.tar");
  writeFileSync(file, await tar(entries));
  return file;
}

async function copied(file: string) {
  const layout = join(mkdtempSync(join(top, "layout-")), "layout");
  const digest = await copyDockerArchive(file, new LayoutDestination(layout), mkdtempSync(join(top, "scratch-")));
  const source = new LayoutSource(layout);
  const manifest = parseManifest(await source.manifest(digest));
  const config = await readBlob(source, manifest.config);
  return { layout, config, diffIds: parseConfig(config, manifest.config.digest).rootfs.diff_ids };
}

const formats = [
  ["old", oldArchive],
  ["new", newArchive],
] as const;

test.each(formats)("an archive of the %s format keeps its configuration to the byte", async (_, make) => {
  const { config, diffIds } = await copied(await written(await make()));
  const original = await image();
  expect(config).toEqual(original.config);
  expect(diffIds).toEqual(original.order.map((layer) => `sha256:${sha256(layer)}`));
});

describeWith(
  () => {
    needPrograms("skopeo", ["skopeo"]);
  },
  "skopeo, beside us",
  () => {
    const skopeo = (...args: string[]): string => execFileSync("skopeo", args, { encoding: "utf8" });
    const layersOf = (place: string): readonly string[] => {
      const { rootfs } = JSON.parse(skopeo("inspect", "--config", place)) as { rootfs: { diff_ids: string[] } };
      return rootfs.diff_ids;
    };

    test.each(formats)("reads of an archive of the %s format the same layers", async (_, make) => {
      const file = await written(await make());
      const theirs = join(mkdtempSync(join(top, "skopeo-")), "layout");
      skopeo("--insecure-policy", "copy", "--quiet", `docker-archive:${file}`, `oci:${theirs}:image`);
      const ours = await copied(file);
      expect(layersOf(`oci:${ours.layout}`)).toEqual(layersOf(`oci:${theirs}:image`));
      // It reads every layer of ours, and holds each against its digest.
      const back = join(mkdtempSync(join(top, "back-")), "image.tar");
      skopeo("--insecure-policy", "copy", "--quiet", `oci:${ours.layout}`, `docker-archive:${back}`);
      expect(layersOf(`docker-archive:${back}`)).toEqual(ours.diffIds);
    });
  },
);

describe("refuses an archive", () => {
  const without = (entries: readonly Entry[], name: RegExp): readonly Entry[] =>
    entries.filter((entry) => !name.test(entry.name));
  const changed = (entries: readonly Entry[], name: RegExp, content: string): readonly Entry[] =>
    entries.map((entry) => (name.test(entry.name) ? { ...entry, content } : entry));

  test.each<[string, () => Promise<readonly Entry[]>, RegExp]>([
    ["without a manifest", async () => without(await oldArchive(), /manifest/), /holds 0 images/],
    ["of several images", async () => changed(await oldArchive(), /manifest/, "[{}, {}]"), /holds 2 images/],
    ["without a layer it names", async () => without(await oldArchive(), /^b\//), /does not hold b\/layer\.tar/],
    ["with another layer", async () => changed(await oldArchive(), /^b\//, "x"), /its layer b\/layer\.tar is sha256:/],
    [
      "with fewer layers than its configuration",
      async () => {
        const entries = await oldArchive();
        const manifest = String(entries.find(({ name }) => name === "manifest.json")!.content);
        return changed(entries, /manifest/, manifest.replace(',"c/layer.tar"', ""));
      },
      /2 layers, its configuration names 3/,
    ],
  ])("%s", async (_, make, says) => {
    const refused = copied(await written(await make()));
    await expect(refused).rejects.toMatchObject({ check: "image-unreadable", message: expect.stringMatching(says) });
  });

  test("that ends in the middle of a file", async () => {
    const file = await written([{ name: "manifest.json", content: "x".repeat(5000) }]);
    truncateSync(file, 2000);
    await expect(copied(file)).rejects.toMatchObject({ check: "image-unreadable" });
  });

  test("whose paths lead out of it, whatever they would write", async () => {
    const file = await written([{ name: "../../outside", content: "x" }, ...(await oldArchive())]);
    await copied(file);
    expect(() => readFileSync(join(top, "outside"))).toThrow();
  });
});
