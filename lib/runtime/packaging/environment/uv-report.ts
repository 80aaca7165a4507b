import { BrokenEnvironmentError, RefusedError } from "../../refusals";
import { type LockedRequirement, normalName } from "./locked-requirements";
import type { WheelTarget } from "./wheel-target";

export interface ReportSurroundings {
  /** Where everything that uv printed stands. */
  readonly log: string;
  /** Tries again without the named packages, installing nothing; gives what uv printed when that fails too, else `null`. */
  readonly without: (missing: ReadonlySet<string>) => Promise<string | null>;
}

interface MissingWheel {
  readonly name: string;
  readonly says: string;
}

/**
 * Says in Slipway's terms why uv could not lay wheels. uv names one missing wheel at a time: the others are found by trying without it.
 *
 * @throws RefusedError `wheel-hash-mismatch`, `wheel-missing`
 * @throws BrokenEnvironmentError for everything that is not the lock's fault
 */
export async function throwForReport(
  report: string,
  requirements: readonly LockedRequirement[],
  target: WheelTarget,
  { log, without }: ReportSurroundings,
): Promise<never> {
  const mismatch = /Hash mismatch for `([^`]+)`/.exec(report);
  if (mismatch !== null) {
    throw new RefusedError(
      "wheel-hash-mismatch",
      `the wheel of ${mismatch[1]!} that the index gave is not the one that the lock names:\n${shortened(report)}`,
      "If the package was published again under the same version, look at what changed before you lock anew; else distrust the index.",
    );
  }
  const missing: MissingWheel[] = [];
  for (let next: string | null = report; next !== null;) {
    const found = missingWheel(next);
    if (found === null || missing.some(({ name }) => name === found.name)) break;
    missing.push(found);
    next = await without(new Set(missing.map(({ name }) => name)));
  }
  if (missing.length === 0) {
    throw new BrokenEnvironmentError(
      `the locked environment cannot be fetched:\n${shortened(report)}`,
      `Look at the package index and the way to it (UV_DEFAULT_INDEX names another one); everything that was printed is in ${log}.`,
    );
  }
  const lines = missing.map(({ name, says }) => `  - ${versionsOf(name, requirements)}: ${says}`);
  throw new RefusedError(
    "wheel-missing",
    `there is no wheel for Python ${target.python} on ${target.platform} (glibc 2.28) of:\n${lines.join("\n")}\nuv says:\n${shortened(report)}`,
    "Lock a version that has such a wheel, put one that you built into your own index and lock that, " +
      "or write the image yourself: Packaging.dockerfile().",
  );
}

function missingWheel(report: string): MissingWheel | null {
  if (!report.includes("No solution found")) return null;
  const cause = report.replace(/\s+/g, " ");
  const name = /you require ([A-Za-z0-9._-]+?)(?:\[[^\]]*\])?==/.exec(cause)?.[1];
  if (name === undefined) return null;
  const says = cause.includes("there is no version of")
    ? "no index has this version"
    : cause.includes("was not found in")
      ? "no index has this package"
      : "only for other platforms, for other Pythons, or as a source that would have to be built";
  return { name: normalName(name), says };
}

function versionsOf(name: string, requirements: readonly LockedRequirement[]): string {
  const versions = requirements.filter((each) => each.name === name).map(({ version }) => version);
  return `${name} ${versions.join(" or ")}`;
}

/** The last lines, with long lists of hashes cut (a lock may allow hundreds for one package) and without talk of this machine's Python. */
function shortened(report: string): string {
  const lines: string[] = [];
  let hashes = 0;
  for (const line of report
    .trimEnd()
    .split("\n")
    .filter((each) => !each.startsWith("Using "))) {
    hashes = /^\s*sha(256|384|512):/.test(line) ? hashes + 1 : 0;
    if (hashes <= 2) lines.push(line);
    else if (hashes === 3) lines.push(`${/^\s*/.exec(line)![0]}...`);
  }
  return lines.slice(-15).join("\n");
}
