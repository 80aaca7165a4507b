import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { pipeline } from "node:stream/promises";
import { extract } from "tar-stream";
import { pathFault, somethingAt } from "../handoff/folder-digest";
import { bytesBlob, fileBlob } from "../oci/blobs";
import { documentOf, type Descriptor } from "../oci/descriptor";
import { parseConfig } from "../oci/image-documents";
import type { ImageDestination } from "../oci/image-places";
import { parallelGzip } from "../oci/layer/parallel-gzip";
import { MediaType } from "../oci/media-types";
import { RefusedError } from "../refusals";

/** What `manifest.json` of an archive says of its only image; the paths are those of the archive. */
interface ArchivedImage {
  readonly Config: string;
  readonly Layers: readonly string[];
}

/**
 * Copies an image out of the archive that `docker save` and its likes write, old and new: layers are compressed, everything else is as
 * it was built.
 *
 * @param scratch - folder for what is unpacked
 * @returns digest of the image's manifest
 * @throws RefusedError `image-unreadable`
 */
export async function copyDockerArchive(
  archive: string,
  destination: ImageDestination,
  scratch: string,
): Promise<string> {
  const folder = join(scratch, "archive");
  const links = await unpack(archive, folder);
  const fileOf = (path: string): string => join(folder, links.get(path) ?? path);
  const [image, ...others] = JSON.parse(
    await readFile(join(folder, "manifest.json"), "utf8").catch(() => "[]"),
  ) as ArchivedImage[];
  if (image === undefined || others.length > 0)
    throw unreadable(`it holds ${others.length + (image === undefined ? 0 : 1)} images`);
  for (const path of [image.Config, ...image.Layers])
    if (!(await somethingAt(fileOf(path)))) throw unreadable(`it does not hold ${path}, which it names`);
  const configBytes = await readFile(fileOf(image.Config));
  const config = bytesBlob(MediaType.config, configBytes);
  const { rootfs } = parseConfig(configBytes, config.descriptor.digest);
  if (image.Layers.length !== rootfs.diff_ids.length)
    throw unreadable(`it holds ${image.Layers.length} layers, its configuration names ${rootfs.diff_ids.length}`);
  const layers: Descriptor[] = [];
  for (const [index, path] of image.Layers.entries()) {
    const { descriptor, diffId, file } = await compressed(fileOf(path), join(scratch, `layer-${index}.tar.gz`));
    if (diffId !== rootfs.diff_ids[index])
      throw unreadable(`its layer ${path} is ${diffId}, not ${rootfs.diff_ids[index]!}`);
    await destination.putBlob(fileBlob(descriptor, file));
    layers.push(descriptor);
  }
  await destination.putBlob(config);
  const manifest = documentOf(MediaType.manifest, {
    schemaVersion: 2,
    mediaType: MediaType.manifest,
    config: config.descriptor,
    layers,
  });
  await destination.putManifest(manifest);
  await destination.publish(manifest, null);
  return manifest.descriptor.digest;
}

/** @returns links inside the archive: a layer that stands there twice is a link to the other */
async function unpack(archive: string, folder: string): Promise<ReadonlyMap<string, string>> {
  const links = new Map<string, string>();
  const reading = extract();
  const take = async (): Promise<void> => {
    for await (const entry of reading) {
      const { name, type, linkname } = entry.header;
      const path = name.replace(/^\.\//, "").replace(/\/$/, "");
      if (type === "symlink" || type === "link") {
        links.set(path, posix.normalize(posix.join(type === "symlink" ? posix.dirname(path) : "", linkname)));
      } else if (type === "file" && pathFault(path) === null) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await pipeline(entry, createWriteStream(join(folder, path)));
        continue;
      }
      entry.resume();
    }
  };
  // Both at once: a broken archive fails both, and neither failure may be left without anybody who waits for it.
  await Promise.all([pipeline(createReadStream(archive), reading), take()]).catch((error: unknown) => {
    const { errno, message } = error as NodeJS.ErrnoException;
    // A full disk is no fault of the archive.
    throw errno === undefined ? unreadable(message) : error;
  });
  return links;
}

/** The layer as registries keep it. */
async function compressed(layer: string, file: string) {
  const [plain, packed] = [createHash("sha256"), createHash("sha256")];
  let size = 0;
  async function* counted(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of content) {
      packed.update(chunk);
      size += chunk.length;
      yield chunk;
    }
  }
  async function* digested(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of content) {
      plain.update(chunk);
      yield chunk;
    }
  }
  await pipeline(counted(parallelGzip(digested(createReadStream(layer)))), createWriteStream(file));
  const descriptor = { mediaType: MediaType.gzipLayer, digest: `sha256:${packed.digest("hex")}`, size };
  return { descriptor, diffId: `sha256:${plain.digest("hex")}`, file };
}

function unreadable(why: string): RefusedError {
  return new RefusedError(
    "image-unreadable",
    `what the builder saved cannot be used: ${why}`,
    "Use a released docker, podman or buildah, with a Dockerfile of one last stage.",
  );
}
