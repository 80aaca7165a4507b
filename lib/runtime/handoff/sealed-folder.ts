import { createReadStream } from "node:fs";
import { mkdir, open, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { BrokenEnvironmentError, RefusedError } from "../refusals";
import { digestFolder, pathFault, somethingAt } from "./folder-digest";
import { loadSodium, readKey, type Sodium } from "./sodium";

/** Bytes of plain text per sealed chunk. */
const chunkSize = 1 << 20;

const indexFile = "sealed.json";

/**
 * A sealed folder: a fresh key per sealing, itself sealed for the recipient (crypto_box_seal), and every file as a stream of chunks under
 * that key (XChaCha20-Poly1305 secretstream). A chunk that is changed, moved, repeated or missing is noticed, and so is a file put
 * under another's name. Names and sizes of files are not hidden.
 */
interface SealedIndex {
  readonly kind: "slipway.sealed-folder";
  readonly version: 1;
  /** Base64; tells a rotated key from a broken one. */
  readonly recipient: string;
  /** Base64. */
  readonly sealedKey: string;
  /** Relative paths; the n-th file is sealed in `<n>.sealed`. */
  readonly files: readonly string[];
}

/** Whether a packed folder is sealed. */
export async function isSealed(folder: string): Promise<boolean> {
  return somethingAt(join(folder, indexFile));
}

/** Seals a folder's files into another folder, streaming: memory does not grow with the files. */
export async function sealFolder(plain: string, sealed: string, recipient: string | undefined): Promise<void> {
  const publicKey = readKey("SLIPWAY_HANDOFF_RECIPIENT", recipient);
  const sodium = await loadSodium();
  const key = sodium.crypto_secretstream_xchacha20poly1305_keygen();
  const { files } = await digestFolder(plain);
  for (const [index, { path }] of files.entries()) {
    await sealFile(sodium, key, join(plain, path), path, join(sealed, `${index}.sealed`));
  }
  const content: SealedIndex = {
    kind: "slipway.sealed-folder",
    version: 1,
    recipient: Buffer.from(publicKey).toString("base64"),
    sealedKey: Buffer.from(sodium.crypto_box_seal(key, publicKey)).toString("base64"),
    files: files.map(({ path }) => path),
  };
  await writeFile(join(sealed, indexFile), `${JSON.stringify(content, null, 2)}\n`);
}

/**
 * Opens a sealed folder into an empty one.
 *
 * @throws RefusedError `handoff-seal-broken` when anything was changed
 * @throws BrokenEnvironmentError when the key is missing, or it was sealed for another one
 */
export async function openFolder(sealed: string, plain: string, privateKey: string | undefined): Promise<void> {
  const secret = readKey("SLIPWAY_HANDOFF_KEY", privateKey);
  const sodium = await loadSodium();
  const index = await readIndex(sealed);
  const publicKey = sodium.crypto_scalarmult_base(secret);
  if (Buffer.from(publicKey).toString("base64") !== index.recipient) {
    throw new BrokenEnvironmentError(
      `the hand-off is sealed for ${index.recipient}, SLIPWAY_HANDOFF_KEY opens ${Buffer.from(publicKey).toString("base64")}`,
      "The key was rotated, or only one half was: install both halves and run the pipeline from its start.",
    );
  }
  const key = unsealKey(sodium, index.sealedKey, publicKey, secret);
  for (const [number, path] of index.files.entries()) {
    const target = join(plain, path);
    await mkdir(dirname(target), { recursive: true });
    await openFile(sodium, key, join(sealed, `${number}.sealed`), path, target);
  }
}

async function readIndex(sealed: string): Promise<SealedIndex> {
  const index = parseObject(await readFile(join(sealed, indexFile), "utf8")) as Partial<SealedIndex>;
  const files: unknown = index.files;
  if (
    index.kind !== "slipway.sealed-folder" ||
    typeof index.recipient !== "string" ||
    typeof index.sealedKey !== "string" ||
    !Array.isArray(files) ||
    !files.every((path) => typeof path === "string" && pathFault(path) === null)
  ) {
    throw broken(`${indexFile} is no index of a sealed folder`);
  }
  return index as SealedIndex;
}

function parseObject(text: string): object {
  try {
    return (JSON.parse(text) as object | null) ?? {};
  } catch {
    return {};
  }
}

function unsealKey(sodium: Sodium, sealedKey: string, publicKey: Uint8Array, secret: Uint8Array): Uint8Array {
  try {
    return sodium.crypto_box_seal_open(Buffer.from(sealedKey, "base64"), publicKey, secret);
  } catch {
    throw broken("its key does not open");
  }
}

async function sealFile(sodium: Sodium, key: Uint8Array, source: string, path: string, target: string): Promise<void> {
  const { state, header } = sodium.crypto_secretstream_xchacha20poly1305_init_push(key);
  const {
    crypto_secretstream_xchacha20poly1305_TAG_FINAL: TAG_FINAL,
    crypto_secretstream_xchacha20poly1305_TAG_MESSAGE: TAG_MESSAGE,
  } = sodium;
  const file = await open(target, "wx");
  try {
    await file.write(header);
    for await (const { bytes, last } of chunksOf(source, chunkSize)) {
      await file.write(
        sodium.crypto_secretstream_xchacha20poly1305_push(state, bytes, path, last ? TAG_FINAL : TAG_MESSAGE),
      );
    }
  } finally {
    await file.close();
  }
}

async function openFile(sodium: Sodium, key: Uint8Array, source: string, path: string, target: string): Promise<void> {
  const headerSize = sodium.crypto_secretstream_xchacha20poly1305_HEADERBYTES;
  const final = sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL;
  const file = await open(target, "wx");
  try {
    const header = await firstBytes(source, headerSize);
    const state = sodium.crypto_secretstream_xchacha20poly1305_init_pull(header, key);
    const sealedChunk = chunkSize + sodium.crypto_secretstream_xchacha20poly1305_ABYTES;
    for await (const { bytes, last } of chunksOf(source, sealedChunk, headerSize)) {
      const opened = sodium.crypto_secretstream_xchacha20poly1305_pull(state, bytes, path);
      if (opened === false) throw broken(`${path} was changed or cut off`);
      if ((opened.tag === final) !== last) throw broken(`${path} was cut off or lengthened`);
      await file.write(opened.message);
    }
  } finally {
    await file.close();
  }
}

async function firstBytes(source: string, count: number): Promise<Uint8Array> {
  const file = await open(source).catch(() => {
    throw broken(`${source} is missing`);
  });
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(count), 0, count, 0);
    if (bytesRead < count) throw broken(`${source} was cut off`);
    return buffer;
  } finally {
    await file.close();
  }
}

/** A file in chunks of exactly the given size, the last one shorter or equal; an empty file is one empty chunk. */
async function* chunksOf(
  source: string,
  size: number,
  start = 0,
): AsyncGenerator<{ readonly bytes: Uint8Array; readonly last: boolean }> {
  let held: Buffer = Buffer.alloc(0);
  for await (const read of createReadStream(source, { start, highWaterMark: size }) as AsyncIterable<Buffer>) {
    held = held.length === 0 ? read : Buffer.concat([held, read]);
    for (; held.length > size; held = held.subarray(size)) yield { bytes: held.subarray(0, size), last: false };
  }
  yield { bytes: held, last: true };
}

function broken(how: string): RefusedError {
  return new RefusedError(
    "handoff-seal-broken",
    `a sealed hand-off does not open: ${how}`,
    "Run the giving job again; what was uploaded is not what was sealed.",
  );
}
