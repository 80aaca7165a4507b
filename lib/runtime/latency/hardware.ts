import { readFileSync } from "node:fs";
import { availableParallelism, cpus, release, totalmem, type } from "node:os";
import { join } from "node:path";

/** The machine a latency was measured on; without it the figures mean nothing. */
export interface Hardware {
  /** As the processor calls itself; `unknown` where it does not say. */
  readonly cpu: string;
  /** Cores that this process may use, with their fraction: of the machine, the process's affinity and its control group the least. */
  readonly cores: number;
  /** Bytes that this process may use: of the machine and its control group the lesser. */
  readonly memoryBytes: number;
  /** Name and release of the kernel, for example `Linux 6.8.0`. */
  readonly os: string;
  /** For example `x64`. */
  readonly arch: string;
  readonly node: string;
}

/** The facts about this machine. */
export function hardware(): Hardware {
  const limits = cgroupLimits();
  const model = cpus()[0]?.model.trim();
  return {
    cpu: model === undefined || model === "" ? "unknown" : model,
    cores: Math.min(availableParallelism(), limits.cores),
    memoryBytes: Math.min(totalmem(), limits.memoryBytes),
    os: `${type()} ${release()}`,
    arch: process.arch,
    node: process.version,
  };
}

/** What the control group of this process allows; infinite where it sets no limit, or where there are no control groups. */
export interface CgroupLimits {
  readonly cores: number;
  readonly memoryBytes: number;
}

/** @param root - of the file system, another one only in tests */
export function cgroupLimits(root = "/"): CgroupLimits {
  const groups = read(join(root, "proc/self/cgroup"))
    .split("\n")
    .map((line) => /^\d+:([^:]*):(.*)$/.exec(line))
    .flatMap((match) => (match === null ? [] : [{ controllers: match[1]!.split(","), path: match[2]! }]));
  const mount = join(root, "sys/fs/cgroup");
  const unified = groups.find(({ controllers }) => controllers[0] === "")?.path ?? "/";
  const of = (controller: string): string =>
    groups.find(({ controllers }) => controllers.includes(controller))?.path ?? "/";
  return {
    cores: Math.min(
      ...along(mount, unified).map((folder) => quota(read(join(folder, "cpu.max")).split(" "))),
      ...along(join(mount, "cpu"), of("cpu")).map((folder) =>
        quota([read(join(folder, "cpu.cfs_quota_us")), read(join(folder, "cpu.cfs_period_us"))]),
      ),
    ),
    memoryBytes: Math.min(
      ...along(mount, unified).map((folder) => limit(read(join(folder, "memory.max")))),
      ...along(join(mount, "memory"), of("memory")).map((folder) => limit(read(join(folder, "memory.limit_in_bytes")))),
    ),
  };
}

/** The folder of a group and those of all groups around it: each may set a limit. In a container the outer ones are not there. */
function along(mount: string, path: string): readonly string[] {
  const parts = path.split("/").filter((part) => part !== "" && part !== "..");
  return Array.from({ length: parts.length + 1 }, (_, depth) => join(mount, ...parts.slice(0, depth)));
}

function quota([allowed = "", period = ""]: readonly string[]): number {
  return limit(allowed) / (Number(period) > 0 ? Number(period) : 100_000);
}

/** A limit that is not set reads `max`, -1, or nothing at all. */
function limit(text: string): number {
  const value = Number(text);
  return text !== "" && value > 0 ? value : Number.POSITIVE_INFINITY;
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return "";
  }
}
