import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { lstat, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { byCodepoint } from "../../blueprint/codepoint-order";
import { textDigest } from "../../blueprint/manifest/canonical-text";
import { InvalidInputError, Problems } from "../../blueprint/problems";

/** One file of a folder; `path` is relative, with `/` on every system. */
export interface FolderFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** A folder known by its content: what hand-offs, models and the store are identified by. */
export interface FolderContent {
  /** `sha256:<hex>` over {@link FolderContent.fileList}. */
  readonly digest: string;
  /** In bytewise order of their paths. */
  readonly files: readonly FolderFile[];
  /** The text that is digested: one line `<sha256 hex>  <path>` per file, in bytewise order of the paths (the format of `sha256sum`). */
  readonly fileList: string;
}

/**
 * Reads every file of a folder and digests it: sha256 over the sorted list of file digests. Empty sub-folders, times and modes do not count.
 *
 * @throws InvalidInputError when the folder is missing, or holds a symbolic link, a socket or device, or a name that cannot be listed unambiguously
 */
export async function digestFolder(folder: string): Promise<FolderContent> {
  const problems = new Problems();
  const paths = await listFiles(folder, "", problems);
  problems.throwIfAny(`folder ${folder}`);
  const files: FolderFile[] = new Array<FolderFile>(paths.length);
  const waiting = paths.entries();
  const digestNext = async (): Promise<void> => {
    for (const [index, path] of waiting) files[index] = await digestFile(folder, path);
  };
  await Promise.all(Array.from({ length: atOnce }, digestNext));
  return folderContentOf(files);
}

/** Files under way at once: opening and closing takes most of the time where there are thousands of small ones. */
const atOnce = 8;

/** A file up to this many bytes is read at once. */
const readAtOnce = 1 << 20;

/** The digest of files that are already known one by one, in any order. */
function folderContentOf(files: readonly FolderFile[]): FolderContent {
  const sorted = [...files].sort((a, b) => byCodepoint(a.path, b.path));
  const fileList = sorted.map((file) => `${file.sha256}  ${file.path}\n`).join("");
  return { digest: textDigest(fileList), files: sorted, fileList };
}

const digestPattern = /^sha256:[0-9a-f]{64}$/;

/** Whether a text is a digest as Slipway writes them: `sha256:` and 64 lower-case hex digits. */
export function isDigest(text: string): boolean {
  return digestPattern.test(text);
}

/** The hex part of a digest. */
export function digestHex(digest: string): string {
  return digest.slice("sha256:".length);
}

/** Says what is wrong with a relative path inside a hand-off, or `null` when it may be written below a folder. */
export function pathFault(path: string): string | null {
  if (path === "") return "is empty";
  if (path.startsWith("/") || /^[A-Za-z]:/.test(path)) return "is absolute";
  if (/[\u0000-\u001f\u007f\\\ufffd]/.test(path))
    return "holds a backslash, a control character or bytes that are no UTF-8";
  if (path.split("/").some((part) => part === "" || part === "." || part === "..")) return "leaves its folder";
  return null;
}

async function listFiles(folder: string, below: string, problems: Problems): Promise<string[]> {
  let entries;
  try {
    entries = await readdir(join(folder, below), { withFileTypes: true });
  } catch (error) {
    if (below !== "") throw error;
    throw new InvalidInputError(`folder ${folder}`, [
      {
        path: folder,
        value: undefined,
        says: "is not a readable folder",
        remedy: "Give the folder that holds the files.",
      },
    ]);
  }
  const paths: string[] = [];
  for (const entry of entries) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    const fault = pathFault(path);
    if (fault !== null) problems.add("file name", path, fault, "Rename the file.");
    else if (entry.isDirectory()) paths.push(...(await listFiles(folder, path, problems)));
    else if (entry.isFile()) paths.push(path);
    else problems.add(path, kindOf(entry), "is no regular file", "Put a copy of the content in its place.");
  }
  return paths;
}

function kindOf(entry: { isSymbolicLink(): boolean }): string {
  return entry.isSymbolicLink() ? "symbolic link" : "special file";
}

/** Opens without following links, so that a file swapped for a link between listing and reading is refused. */
async function digestFile(folder: string, path: string): Promise<FolderFile> {
  const file = await open(join(folder, path), constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const hash = createHash("sha256");
    if ((await file.stat()).size <= readAtOnce) {
      const content = await file.readFile();
      return { path, size: content.length, sha256: hash.update(content).digest("hex") };
    }
    let size = 0;
    for await (const chunk of file.createReadStream({
      autoClose: false,
      highWaterMark: 1 << 20,
    }) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      size += chunk.length;
    }
    return { path, size, sha256: hash.digest("hex") };
  } finally {
    await file.close();
  }
}

/** Whether anything, even a dangling link, stands at a path. */
export async function somethingAt(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
