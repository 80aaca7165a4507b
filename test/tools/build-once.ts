import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";

/**
 * Fills `folder` by `build` unless an earlier run, or another worker of this one, has done so. Concurrent callers wait
 * for the one that builds; a build that failed or was killed leaves nothing that would be taken for complete.
 */
export function buildOnce(folder: string, build: () => void): void {
  const complete = join(folder, ".complete");
  if (existsSync(complete)) return;
  withLock(`${folder}.lock`, () => {
    if (existsSync(complete)) return;
    rmSync(folder, { recursive: true, force: true });
    build();
    writeFileSync(complete, new Date().toISOString());
  });
}

function withLock(path: string, work: () => void): void {
  while (!takeLock(path)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
  try {
    work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** Creates the lock file with our process id; removes one whose process is gone. */
function takeLock(path: string): boolean {
  try {
    const file = openSync(path, "wx");
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    if (!holderIsAlive(path)) rmSync(path, { force: true });
    return false;
  }
}

function holderIsAlive(path: string): boolean {
  try {
    const holder = Number(readFileSync(path, "utf8"));
    // Empty: its owner is between creating and writing it.
    if (holder === 0) return true;
    process.kill(holder, 0);
    return true;
  } catch (error) {
    // Not permitted to signal it means that it is there.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
