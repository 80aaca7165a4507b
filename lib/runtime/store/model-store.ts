import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { textDigest } from "../../blueprint/manifest/canonical-text";
import { digestFolder, digestHex, isDigest, pathFault } from "../handoff/folder-digest";
import { RefusedError } from "../refusals";
import type { Store } from "./store";

/** Where a model's files stand: under their own digest, so that a model is never replaced by another. */
function modelKey(digest: string): string {
  return `models/sha256/${digestHex(digest)}`;
}

/**
 * Keeps a model folder under its content digest and returns the digest. Files come first and the list of files last, so a model is in the
 * store only when it is whole; putting the same model again changes nothing.
 */
export async function putModel(store: Store, folder: string): Promise<string> {
  const { digest, files, fileList } = await digestFolder(folder);
  const key = modelKey(digest);
  for (const file of files) {
    await store.putFileOnce(`${key}/${file.path}`, { ...file, path: join(folder, file.path) });
  }
  await store.putOnce(`${key}.manifest`, Buffer.from(fileList));
  return digest;
}

/**
 * Fetches a model into a folder, which is replaced only after every file was verified.
 *
 * @throws RefusedError `model-not-in-store`, or `model-digest-mismatch` when the store holds something else under this digest
 */
export async function fetchModel(store: Store, digest: string, folder: string): Promise<void> {
  const list = isDigest(digest) ? await store.get(`${modelKey(digest)}.manifest`) : null;
  if (list === null) {
    throw new RefusedError(
      "model-not-in-store",
      `${store.location} holds no model ${digest}`,
      "Use the store that the gate and the registry of this pipeline use.",
    );
  }
  if (textDigest(list) !== digest) throw altered(store, digest, "its list of files");
  const aside = `${folder}.fetching`;
  await rm(aside, { recursive: true, force: true });
  await mkdir(aside, { recursive: true });
  try {
    for (const path of listedPaths(list)) {
      if (pathFault(path) !== null) throw altered(store, digest, `the file name ${JSON.stringify(path)}`);
      const file = join(aside, path);
      await mkdir(dirname(file), { recursive: true });
      if (!(await store.download(`${modelKey(digest)}/${path}`, file)))
        throw altered(store, digest, `${path}, which is missing`);
    }
    if ((await digestFolder(aside)).digest !== digest) throw altered(store, digest, "a file's content");
    await rm(folder, { recursive: true, force: true });
    await rename(aside, folder);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

function listedPaths(list: Uint8Array): readonly string[] {
  return Buffer.from(list)
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.slice(64 + 2));
}

function altered(store: Store, digest: string, what: string): RefusedError {
  return new RefusedError(
    "model-digest-mismatch",
    `what ${store.location} holds as model ${digest} is another content: ${what}`,
    "Do not use this store before you know who changed it; the model's digest comes from signed evidence.",
  );
}
