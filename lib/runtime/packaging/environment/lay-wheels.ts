import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runProcess } from "../../processes/child-process";
import type { Variables } from "../../command-context";
import { PLATFORM_NAMES } from "../image-platform";
import type { LayOptions, Making } from "../kept-folder";
import { type LockedRequirement, requirementsText } from "./locked-requirements";
import type { PackagingTools } from "./packaging-tools";
import type { WheelTarget } from "./wheel-target";
import { throwForReport } from "./uv-report";

/** What wheels are laid with besides the options of every laying. */
export interface WheelLaying {
  readonly target: WheelTarget;
  /** Where packages come from, as lines of a requirements file. */
  readonly sources: readonly string[];
  readonly tools: PackagingTools;
  readonly options: LayOptions;
}

/** How uv lays wheels for another machine. Dependencies are not looked for: the lock names all of them. */
const HOW = [
  ...["--only-binary", ":all:", "--require-hashes", "--no-deps", "--link-mode", "copy", "--no-compile-bytecode"],
  // Every index may have the file that the lock names: its hash says which is the right one, not the index it is found in.
  ...["--no-config", "--no-progress", "--index-strategy", "unsafe-best-match"],
];

/**
 * Unpacks the wheels of the given requirements into a folder; nothing is compiled and nothing of them runs.
 *
 * @throws RefusedError `wheel-missing`, `wheel-hash-mismatch`
 * @throws BrokenEnvironmentError when an index does not answer or uv fails
 */
export async function layWheels(
  requirements: readonly LockedRequirement[],
  folder: string,
  making: Making,
  laying: WheelLaying,
): Promise<void> {
  const report = await install(requirements, folder, making, laying);
  if (report === null) return;
  await throwForReport(report, requirements, laying.target, {
    log: making.log,
    without: (missing) =>
      install(
        requirements.filter(({ name }) => !missing.has(name)),
        join(making.scratch, "probe"),
        making,
        laying,
        ["--dry-run"],
      ),
  });
}

/** Runs uv once. Returns what it printed when it failed, else `null`. */
async function install(
  requirements: readonly LockedRequirement[],
  folder: string,
  making: Making,
  { target, sources, tools, options }: WheelLaying,
  more: readonly string[] = [],
): Promise<string | null> {
  const file = join(making.scratch, "requirements.txt");
  await writeFile(file, `${sources.map((line) => `${line}\n`).join("")}${requirementsText(requirements)}`);
  const earlier = await printed(making.log);
  const what = ["--target", folder, "--python-platform", PLATFORM_NAMES[target.platform].uv];
  // A cache of its own: files of the user's may be hard-linked into environments, where an edit would change them unseen.
  const where = ["--python", tools.python, "--cache-dir", join(options.cache, "wheels")];
  const { exitCode } = await runProcess(
    [tools.uv, "pip", "install", ...HOW, ...what, "--python-version", target.python, ...where, ...more, "-r", file],
    {
      directory: making.scratch,
      env: withPipIndexes(options.env),
      log: making.log,
      signal: options.signal,
      keepsOpen: making.lock,
    },
  );
  return exitCode === 0 ? null : (await printed(making.log)).slice(earlier.length);
}

/** Repositories whose environment pip installs may name their index in pip's variables alone. */
function withPipIndexes(env: Variables): Variables {
  const main = env.UV_DEFAULT_INDEX ?? env.UV_INDEX_URL ?? env.PIP_INDEX_URL;
  const others = env.UV_INDEX ?? env.UV_EXTRA_INDEX_URL ?? env.PIP_EXTRA_INDEX_URL;
  return {
    ...env,
    ...(main !== undefined && { UV_DEFAULT_INDEX: main }),
    ...(others !== undefined && { UV_INDEX: others }),
  };
}

async function printed(log: string): Promise<string> {
  return await readFile(log, "utf8").catch(() => "");
}
