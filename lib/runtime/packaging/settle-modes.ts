import { chmod, readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** Gives every file and folder one of two modes, so that whoever made them under whatever umask made the same. */
export async function settleModes(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await settleModes(path);
    else if (entry.isFile()) await chmod(path, ((await stat(path)).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}
