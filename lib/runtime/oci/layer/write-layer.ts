import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { open, readFile, rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { pack, type Pack } from "tar-stream";
import { InvalidInputError } from "../../../blueprint/problems";
import type { Descriptor } from "../descriptor";
import { MediaType } from "../media-types";
import { orderedEntries, type LayerEntry, type LayerFile, type LayerFolder } from "./layer-entry";
import { parallelGzip } from "./parallel-gzip";

/** A layer on disk. */
export interface WrittenLayer {
  /** Of the compressed file. */
  readonly descriptor: Descriptor;
  /** `sha256:<hex>` of the uncompressed tar. */
  readonly diffId: string;
  /** Where it stands. */
  readonly file: string;
}

type EntryHeader = Parameters<Pack["entry"]>[0];

/** A file up to this many bytes is read at once. */
const readAtOnce = 4 * 1024 * 1024;

/**
 * Writes a layer (a tar, compressed by gzip) that depends on nothing but the given paths, contents and executable bits: owner 0, time 0,
 * modes 0644 and 0755. Folders above the entries are part of it with mode 0755, so nothing should go below folders that a base image
 * gives another mode, as `/tmp`.
 *
 * @throws InvalidInputError when the entries contradict each other or a file cannot be read or changes meanwhile; no file is left then
 */
export async function writeLayer(entries: readonly LayerEntry[], file: string): Promise<WrittenLayer> {
  const ordered = orderedEntries(entries);
  const [whole, compressed] = [new Meter(), new Meter()];
  const part = `${file}.part`;
  try {
    await pipeline(compressed.count(parallelGzip(whole.count(tarOf(ordered)))), createWriteStream(part));
    await rename(part, file);
  } finally {
    await rm(part, { force: true });
  }
  const descriptor = { mediaType: MediaType.gzipLayer, digest: compressed.digest(), size: compressed.bytes };
  return { descriptor, diffId: whole.digest(), file };
}

/** Digests and counts what passes. */
class Meter {
  public bytes = 0;
  private readonly hash = createHash("sha256");

  public async *count(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of content) {
      this.hash.update(chunk);
      this.bytes += chunk.length;
      yield chunk;
    }
  }

  public digest(): string {
    return `sha256:${this.hash.digest("hex")}`;
  }
}

/** The tar as it is filled; a failure to fill it is a failure to read it. */
async function* tarOf(entries: readonly (LayerEntry | LayerFolder)[]): AsyncGenerator<Uint8Array> {
  const tar = pack();
  const filled = fill(tar, entries);
  filled.catch((error: unknown) => {
    tar.destroy(error as Error);
  });
  try {
    for await (const chunk of tar as AsyncIterable<Uint8Array>) yield chunk;
  } catch (error) {
    // Whoever fills the tar knows which file it was.
    await filled;
    throw error;
  }
  await filled;
}

async function fill(tar: Pack, entries: readonly (LayerEntry | LayerFolder)[]): Promise<void> {
  for (const entry of entries) {
    const header = { uid: 0, gid: 0, mtime: new Date(0), name: entry.path.slice(1) };
    if (entry.kind === "file")
      await addFile(tar, entry, { ...header, type: "file", mode: entry.executable ? 0o755 : 0o644 });
    else if (entry.kind === "folder") tar.entry({ ...header, name: `${header.name}/`, type: "directory", mode: 0o755 });
    else tar.entry({ ...header, type: "symlink", linkname: entry.target, mode: 0o777 });
  }
  tar.finalize();
}

async function addFile(tar: Pack, { path, content }: LayerFile, header: EntryHeader): Promise<void> {
  if (typeof content !== "string") {
    await addBytes(tar, header, content);
    return;
  }
  const source = await open(content).catch((error: unknown) => {
    throw unusable(path, content, `cannot be read: ${(error as Error).message}`);
  });
  try {
    const stat = await source.stat();
    if (!stat.isFile()) throw unusable(path, content, "is no regular file");
    if (stat.size <= readAtOnce) await addBytes(tar, header, await readFile(source));
    else
      await pipeline(
        createReadStream(content, { fd: source, autoClose: false, highWaterMark: 1 << 20 }),
        tar.entry({ ...header, size: stat.size }),
      ).catch((error: unknown) => {
        throw unusable(path, content, `cannot be packed: ${(error as Error).message}`);
      });
  } finally {
    await source.close();
  }
}

/** Waits until the reader of the tar asks for more, so that at most a file stands in memory. */
async function addBytes(tar: Pack, header: EntryHeader, bytes: Uint8Array): Promise<void> {
  const entry = tar.entry({ ...header, size: bytes.length }, Buffer.from(bytes));
  await once(entry, "close");
}

function unusable(path: string, file: string, says: string): InvalidInputError {
  return new InvalidInputError("image layer", [
    { path, value: file, says, remedy: "Give a readable file that nobody writes to meanwhile." },
  ]);
}
