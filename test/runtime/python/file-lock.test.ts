import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { withFileLock } from "../../../lib/runtime/python/file-lock";
import { temporaryFolder } from "../temporary-folder";

const folder = temporaryFolder();
const options = { python: "python3", signal: new AbortController().signal };

test("work under the same lock is done one after the other", async () => {
  const path = join(folder, "one");
  let inside = 0;
  const work = async (): Promise<number> => {
    const most = ++inside;
    await new Promise((resolve) => setImmediate(resolve));
    inside--;
    return most;
  };
  const all = await Promise.all(Array.from({ length: 5 }, () => withFileLock(path, options, work)));
  expect(all).toEqual([1, 1, 1, 1, 1]);
});

test("work that fails frees the lock", async () => {
  const path = join(folder, "fails");
  await expect(withFileLock(path, options, () => Promise.reject(new Error("no disk")))).rejects.toThrow("no disk");
  expect(await withFileLock(path, options, () => Promise.resolve("free"))).toBe("free");
});

test("a holder that is killed frees the lock", async () => {
  const path = join(folder, "killed");
  const code =
    "import fcntl, sys; f = open(sys.argv[1], 'a'); fcntl.flock(f, fcntl.LOCK_EX); print(); sys.stdout.flush(); sys.stdin.read()";
  const holder = spawn("python3", ["-c", code, path], { stdio: ["pipe", "pipe", "inherit"] });
  await once(holder.stdout, "data");
  const order: string[] = [];
  const waiting = withFileLock(path, options, () => Promise.resolve(order.push("taken")));
  order.push("killed");
  holder.kill("SIGKILL");
  await waiting;
  expect(order).toEqual(["killed", "taken"]);
});

test("a process that keeps the file open holds the lock until it ends", async () => {
  const path = join(folder, "inherited");
  const survivor = await withFileLock(path, options, (lock) =>
    Promise.resolve(spawn("sleep", ["1000"], { stdio: ["ignore", "ignore", "ignore", lock] })),
  );
  const order: string[] = [];
  const waiting = withFileLock(path, options, () => Promise.resolve(order.push("taken")));
  order.push("killed");
  survivor.kill("SIGKILL");
  await waiting;
  expect(order).toEqual(["killed", "taken"]);
});

test("waiting ends when the run is stopped", async () => {
  const path = join(folder, "stopped");
  const stop = new AbortController();
  await withFileLock(path, options, async () => {
    const waiting = withFileLock(path, { ...options, signal: stop.signal }, () => Promise.resolve("taken"));
    stop.abort();
    await expect(waiting).rejects.toThrow("was broken off");
  });
});
