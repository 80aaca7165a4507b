import { spawn } from "node:child_process";
import { open } from "node:fs/promises";
import { BrokenEnvironmentError } from "../refusals";

export interface FileLockOptions {
  /** Python that asks the kernel for the lock: Node offers no way to. */
  readonly python: string;
  /** Aborted: waiting ends. */
  readonly signal: AbortSignal;
}

/** `flock` on file 3, which the calling process has open too: the lock stays when this program ends. */
const TAKE = "import fcntl; fcntl.flock(3, fcntl.LOCK_EX)";

/**
 * Waits until no other process on this machine holds the lock on a file, then does the work while holding it.
 *
 * The lock is the kernel's, on the open file: it is free once everybody who has that file open has closed it or died. So there are no
 * stale locks to tell from held ones, and a process that the work started and handed the file holds the lock until it has ended too.
 *
 * @param work - is given the open file, to be handed to processes that must not outlive the lock
 * @throws BrokenEnvironmentError when waiting was broken off or the file system has no locks
 */
export async function withFileLock<T>(
  path: string,
  { python, signal }: FileLockOptions,
  work: (lock: number) => Promise<T>,
): Promise<T> {
  const file = await open(path, "a");
  try {
    await take(file.fd, path, python, signal);
    return await work(file.fd);
  } finally {
    await file.close();
  }
}

async function take(fd: number, path: string, python: string, signal: AbortSignal): Promise<void> {
  // A session of its own: Ctrl-C on a terminal reaches this process, which ends the waiting by its signal.
  const child = spawn(python, ["-I", "-S", "-c", TAKE], { stdio: ["ignore", "ignore", "pipe", fd], detached: true });
  let said = "";
  child.stderr?.on("data", (text: Buffer) => (said += text.toString()));
  const end = (): void => void child.kill("SIGKILL");
  signal.addEventListener("abort", end, { once: true });
  if (signal.aborted) end();
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    if (exitCode === 0) return;
  } finally {
    signal.removeEventListener("abort", end);
  }
  throw new BrokenEnvironmentError(
    signal.aborted ? `waiting for the lock on ${path} was broken off` : `${path} cannot be locked: ${said.trim()}`,
    "Put the cache on a local disk: name another folder in XDG_CACHE_HOME.",
  );
}
