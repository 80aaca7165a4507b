import { randomUUID } from "node:crypto";
import { constants, copyFile, link, mkdir, open, readFile, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { byCodepoint } from "../../blueprint/codepoint-order";
import { BrokenEnvironmentError } from "../refusals";
import { checkKey, type KnownFile, type PutOutcome, type Store } from "./store";

/** Unfinished files; never listed, and left behind only by a killed process. */
const partSuffix = ".slipway-part";

/**
 * A store in a folder, for laptops and runners with a shared disk. A file is written aside, flushed, and hard-linked to its name: the
 * link fails when the name is taken, on every file system that has links, NFS included.
 */
export class DirectoryStore implements Store {
  public readonly location: string;

  public constructor(private readonly folder: string) {
    this.location = pathToFileURL(folder).href;
  }

  public async putOnce(key: string, content: Uint8Array): Promise<PutOutcome> {
    return this.place(key, async (part) => {
      const file = await open(part, "wx", 0o444);
      try {
        await file.writeFile(content);
        await file.sync();
      } finally {
        await file.close();
      }
    });
  }

  public async putFileOnce(key: string, file: KnownFile): Promise<PutOutcome> {
    return this.place(key, async (part) => {
      await copyFile(file.path, part, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      const copy = await open(part, "r+");
      await copy.sync().finally(() => copy.close());
    });
  }

  public async get(key: string): Promise<Uint8Array | null> {
    checkKey(key);
    return readFile(join(this.folder, key)).catch(absentAsNull);
  }

  public async download(key: string, file: string): Promise<boolean> {
    checkKey(key);
    const done = await copyFile(join(this.folder, key), file, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
      .then(() => true)
      .catch(absentAsNull);
    return done === true;
  }

  public async list(prefix: string): Promise<readonly string[]> {
    const top = prefix.slice(0, prefix.lastIndexOf("/") + 1);
    const names = await readdir(join(this.folder, top), { recursive: true, withFileTypes: true }).catch(absentAsNull);
    const base = join(this.folder, top);
    return (names ?? [])
      .filter((entry) => entry.isFile() && !entry.name.endsWith(partSuffix))
      .map(
        (entry) => top + join(entry.parentPath, entry.name).slice(base.endsWith("/") ? base.length : base.length + 1),
      )
      .filter((key) => key.startsWith(prefix))
      .sort(byCodepoint);
  }

  private async place(key: string, write: (part: string) => Promise<void>): Promise<PutOutcome> {
    checkKey(key);
    const target = join(this.folder, key);
    const part = `${target}.${randomUUID()}${partSuffix}`;
    try {
      await mkdir(dirname(target), { recursive: true });
      await write(part);
      await link(part, target);
      return "written";
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === "EEXIST") return "existed";
      throw new BrokenEnvironmentError(
        `the store ${this.location} cannot be written: ${message}`,
        "Give this job write access to the folder, and a file system with hard links.",
      );
    } finally {
      await rm(part, { force: true });
    }
  }
}

function absentAsNull(error: unknown): null {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "ENOTDIR") return null;
  throw error;
}
