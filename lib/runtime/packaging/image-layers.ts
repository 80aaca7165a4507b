import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileSha256 } from "../file-sha256";
import { digestFolder, digestHex, type FolderContent } from "../handoff/folder-digest";
import type { LayerFile } from "../oci/layer/layer-entry";
import { writeLayer, type WrittenLayer } from "../oci/layer/write-layer";
import { BrokenEnvironmentError } from "../refusals";

/** A folder whose files become a layer. */
export interface LayerFolder {
  readonly folder: string;
  /** Absolute path in the image that the folder's files stand below. */
  readonly root: string;
  /** What is in it, where that is known already. */
  readonly content?: FolderContent;
  /** Whether programs in it may be executed, as their files say; else nothing may. Hand-offs carry no modes. @default false */
  readonly executables?: boolean;
}

/**
 * Writes a folder as a layer, or takes the one that was written of the same content before: the environment of a model changes seldom,
 * and compressing it is most of the work.
 *
 * @param cache - the user's cache folder
 * @throws BrokenEnvironmentError when what was written does not stay
 */
export async function layerOf(
  { folder, root, content, executables = false }: LayerFolder,
  cache: string,
): Promise<WrittenLayer> {
  const { digest, files } = content ?? (await digestFolder(folder));
  const place = join(cache, "layers", digestHex(digest).slice(0, 40) + root.replaceAll("/", "-"));
  const kept = await keptLayer(place);
  if (kept !== null) return kept;
  await mkdir(join(cache, "layers"), { recursive: true });
  const part = await mkdtemp(`${place}.part-`);
  try {
    const entries: LayerFile[] = [];
    for (const { path } of files) {
      const file = join(folder, path);
      const executable = executables && ((await stat(file)).mode & 0o100) !== 0;
      entries.push({ kind: "file", path: `${root}/${path}`, content: file, executable });
    }
    const written = await writeLayer(entries, join(part, layerFile));
    const { descriptor, diffId } = written;
    await writeFile(join(part, factsFile), JSON.stringify({ descriptor, diffId } satisfies LayerFacts));
    return await keep(part, place);
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}

/** Somebody else may have written the same meanwhile, and be reading it: a layer goes only when it is not what it was. */
async function keep(part: string, place: string): Promise<WrittenLayer> {
  const others = await keptLayer(place);
  if (others !== null) return others;
  await rm(place, { recursive: true, force: true });
  await rename(part, place).catch(() => undefined);
  const kept = await keptLayer(place);
  if (kept !== null) return kept;
  throw new BrokenEnvironmentError(
    `the layer ${place} is not what was just written there`,
    "Let no other program write into Slipway's cache; look at the disk.",
  );
}

type LayerFacts = Pick<WrittenLayer, "descriptor" | "diffId">;

const layerFile = "layer.tar.gz";
const factsFile = "layer.json";

/** A kept layer, if its bytes are still what they were. */
async function keptLayer(place: string): Promise<WrittenLayer | null> {
  const facts = await readFacts(join(place, factsFile));
  if (facts === null) return null;
  const file = join(place, layerFile);
  const sha256 = await fileSha256(file).catch(() => null);
  return facts.descriptor.digest === `sha256:${sha256}` ? { ...facts, file } : null;
}

/** A machine that lost its power may leave a file that was never filled. */
async function readFacts(file: string): Promise<LayerFacts | null> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as LayerFacts;
  } catch {
    return null;
  }
}
