import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, readlinkSync, rmdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";

/** What a container engine has outside of its own process, found by nothing but the folder it lives in. */
export interface EngineRemains {
  /** Ids of processes: daemon, containerd, the shims, and everything inside containers. */
  readonly processes: readonly number[];
  /** Mount points, the innermost first. */
  readonly mounts: readonly string[];
  /** Control groups, the innermost first. */
  readonly controlGroups: readonly string[];
  /** Network interfaces. */
  readonly interfaces: readonly string[];
}

/** The name that an engine's bridge and its parent control group bear; short, since interface names have 15 letters at most. */
export function engineName(folder: string): string {
  return basename(folder);
}

/** @param folder - the engine's folder, which may be gone already */
export function engineRemains(folder: string): EngineRemains {
  const controlGroups = controlGroupsOf(engineName(folder));
  const inside = controlGroups.flatMap((group) => numbersIn(join(group, "cgroup.procs")));
  return {
    processes: [...new Set([...inside, ...processesNaming(folder)])],
    mounts: mountsBelow(folder),
    controlGroups,
    interfaces: readdirSync("/sys/class/net").filter((name) => name === engineName(folder)),
  };
}

/** Ends and removes all of it, whatever state the engine is in; also of one whose test run was killed. */
export function removeEngine(folder: string): void {
  // Killing a shim lets its container go on, and a container that ends lets its shim unmount: so more than one round.
  for (let round = 0; round < 100; round++) {
    const remains = engineRemains(folder);
    if (Object.values(remains).every((list: readonly unknown[]) => list.length === 0)) break;
    for (const id of remains.processes) kill(id);
    for (const mount of remains.mounts) spawnSync("umount", ["--lazy", mount]);
    for (const name of remains.interfaces) spawnSync("ip", ["link", "delete", name]);
    for (const group of remains.controlGroups) removeControlGroup(group);
  }
  rmSync(folder, { recursive: true, force: true });
}

function controlGroupsOf(name: string): string[] {
  const root = "/sys/fs/cgroup";
  if (!existsSync(root)) return [];
  // Version 1 has one tree per controller, version 2 has a single one.
  const trees = [root, ...readdirSync(root).map((controller) => join(root, controller))];
  return trees.map((tree) => join(tree, name)).flatMap((group) => (existsSync(group) ? innermostFirst(group) : []));
}

function innermostFirst(group: string): string[] {
  const inner = readdirSync(group, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [...inner.flatMap((entry) => innermostFirst(join(group, entry.name))), group];
}

/** Processes whose command line names the folder, as those of the daemon, of containerd and of every shim do. */
function processesNaming(folder: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && isEngineProgram(name))
    .filter((id) => textOf(join("/proc", id, "cmdline")).includes(`${folder}/`))
    .map(Number);
}

/** A test's own client may name the folder, too; it is not the engine's. */
function isEngineProgram(id: string): boolean {
  try {
    return /\/(dockerd|containerd|containerd-shim[\w-]*|docker-proxy)$/.test(readlinkSync(join("/proc", id, "exe")));
  } catch {
    return false;
  }
}

function mountsBelow(folder: string): string[] {
  const points = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[1] ?? "");
  return points.filter((point) => point.startsWith(`${folder}/`)).reverse();
}

function numbersIn(file: string): number[] {
  return textOf(file).split("\n").filter(Boolean).map(Number);
}

/** Text of a file of the kernel's that may vanish while it is read. */
function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function kill(id: number): void {
  try {
    process.kill(id, "SIGKILL");
  } catch {
    // Gone since it was listed.
  }
}

function removeControlGroup(group: string): void {
  try {
    rmdirSync(group);
  } catch {
    // A process in it has yet to be reaped: the next round finds it again.
  }
}
