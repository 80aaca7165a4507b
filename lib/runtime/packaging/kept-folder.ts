import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Variables } from "../command-context";
import { digestFolder, type FolderContent } from "../handoff/folder-digest";
import { withFileLock } from "../python/file-lock";
import { settleModes } from "./settle-modes";

/** Where and with what folders for images are made. */
export interface LayOptions {
  /** The user's cache folder; what is made is kept below it and used again. */
  readonly cache: string;
  /** Everything the package managers see: the PATH, addresses of package indexes, certificates. */
  readonly env: Variables;
  /** File that takes what the installation of Slipway's own tools prints. */
  readonly log: string;
  readonly signal: AbortSignal;
}

export interface Keeping extends Pick<LayOptions, "cache" | "signal"> {
  /** Python that asks the kernel for the lock. */
  readonly python: string;
}

/** A folder in the cache that holds exactly what it was made from. To be read, never written to. */
export interface KeptFolder {
  readonly folder: string;
  readonly content: FolderContent;
  /** Whether it was there already. */
  readonly cached: boolean;
}

/** What a folder is made with. */
export interface Making {
  /** Empty; takes the content. */
  readonly folder: string;
  /** Empty; takes what is not to be kept. */
  readonly scratch: string;
  /** Takes what the programs print, and stays when the making fails. */
  readonly log: string;
  /** The lock on the folder, which no program that writes into it may outlive. */
  readonly lock: number;
}

/** Changes whenever the same ingredients would give another folder. */
const FORMAT = 1;

/**
 * Makes a folder of its ingredients, or takes the one that was made of the same before. Those who need the same one at once wait for the
 * first of them to make it; a making that was interrupted leaves nothing that looks finished, and a kept folder that somebody has
 * changed is made again.
 *
 * @param kind - name of the folder below the cache
 * @param ingredients - everything that the content follows from
 */
export async function keptFolder(
  kind: string,
  ingredients: readonly string[],
  { cache, python, signal }: Keeping,
  make: (making: Making) => Promise<void>,
): Promise<KeptFolder> {
  const key = createHash("sha256").update(JSON.stringify([FORMAT, ...ingredients]));
  const place = join(cache, kind, key.digest("hex").slice(0, 20));
  const found = await intact(place);
  if (found !== null) return found;
  await mkdir(join(cache, kind), { recursive: true });
  return await withFileLock(`${place}.lock`, { python, signal }, async (lock) => {
    const madeMeanwhile = await intact(place);
    if (madeMeanwhile !== null) return madeMeanwhile;
    await rm(place, { recursive: true, force: true });
    const folder = join(place, "content");
    const scratch = join(place, "scratch");
    await mkdir(folder, { recursive: true });
    await mkdir(scratch);
    await make({ folder, scratch, log: join(place, "log"), lock });
    await rm(scratch, { recursive: true, force: true });
    await settleModes(folder);
    const content = await digestFolder(folder);
    await writeFile(join(place, "complete"), content.digest);
    return { folder, content, cached: false };
  });
}

/** The finished folder of a place, if what it holds is still what was put there. */
async function intact(place: string): Promise<KeptFolder | null> {
  const digest = await readFile(join(place, "complete"), "utf8").catch(() => null);
  if (digest === null) return null;
  const folder = join(place, "content");
  const content = await digestFolder(folder).catch(() => null);
  return content?.digest === digest ? { folder, content, cached: true } : null;
}
