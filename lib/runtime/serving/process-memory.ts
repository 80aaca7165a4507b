import { readdir, readFile } from "node:fs/promises";

/**
 * Resident bytes of everything that a process started, itself left out; shared pages count once per process. Read from /proc;
 * `null` where there is none.
 */
export async function memoryOfDescendants(pid: number): Promise<number | null> {
  const processes = await readdir("/proc").catch(() => null);
  if (processes === null) return null;
  const parents = new Map<number, number>();
  for (const name of processes.filter((each) => /^\d+$/.test(each))) {
    const stat = await readFile(`/proc/${name}/stat`, "utf8").catch(() => null);
    // The name in parentheses may hold anything, also parentheses.
    const parent = stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  let bytes = 0;
  for (const each of parents.keys()) {
    if (each !== pid && descendsFrom(each, pid, parents)) bytes += await residentBytes(each);
  }
  return bytes;
}

function descendsFrom(pid: number, ancestor: number, parents: ReadonlyMap<number, number>): boolean {
  for (let each: number | undefined = pid; each !== undefined && each > 1; each = parents.get(each)) {
    if (each === ancestor) return true;
  }
  return false;
}

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}
