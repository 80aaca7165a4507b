import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Line } from "../../blueprint/pipeline/pipeline-document";
import type { LaptopRunResult } from "./laptop-run";
import type { RunFolder } from "./run-folder";
import { succeeded, type TaskStatus } from "./task";

export type RunOutcome = "passed" | "failed" | "undecided" | "broken" | "cancelled";

/** What the run came to: the worst that happened; jobs that wait for an approval are no failure. */
export function outcomeOf(statuses: readonly TaskStatus[]): RunOutcome {
  if (statuses.some(({ state }) => state === "cancelled")) return "cancelled";
  const failed = statuses.filter(({ state }) => state === "failed");
  if (failed.length === 0) return "passed";
  if (failed.every(({ exitCode }) => exitCode === 4)) return "undecided";
  return failed.some(({ exitCode }) => exitCode === 1 || exitCode === 5) ? "broken" : "failed";
}

export interface ClosingFacts {
  readonly pipeline: string;
  readonly line: Line;
  readonly folder: RunFolder;
  readonly result: LaptopRunResult;
}

/** How the same run is gone on with. */
export function resumeCommand(pipeline: string, line: Line): string {
  return `slipway run --pipeline ${pipeline}${line === "review" ? " --line review" : ""} --resume`;
}

/** The last lines of a run: what was decided, where to look, what to do next. */
export async function closingReport(facts: ClosingFacts): Promise<readonly string[]> {
  const { statuses } = facts.result;
  const gate = await gateTable(facts);
  return [
    "",
    ...decided(statuses),
    ...(gate === null ? [] : ["", ...gate]),
    "",
    "Where to look",
    ...places(facts),
    "",
    "What to do next",
    ...next(facts).map((line) => `  ${line}`),
  ];
}

const HEADLINES: Readonly<Record<RunOutcome, string>> = {
  passed: "Passed",
  failed: "Refused",
  undecided: "Undecided",
  broken: "Broken off",
  cancelled: "Stopped",
};

function decided(statuses: readonly TaskStatus[]): readonly string[] {
  const failed = statuses.filter(({ state }) => state === "failed");
  const promoted = statuses.filter(({ task, state }) => task.id.startsWith("promote-") && succeeded(state));
  const waiting = statuses.filter(({ state }) => state === "approval");
  const registered = statuses.some(({ task, state }) => task.id === "register" && succeeded(state));
  const environments = promoted.map(({ task }) => task.id.slice("promote-".length));
  const reached =
    environments.length > 0
      ? `the model is in ${environments.join(", ")}`
      : registered
        ? "the model is registered"
        : null;
  return [
    `${HEADLINES[outcomeOf(statuses)]}${reached === null ? "" : `: ${reached}`}`,
    ...failed.map(({ task, note }) => `  ${task.id}: ${note ?? "failed"}`),
    ...(failed.length > 0 && !registered && statuses.some(({ task }) => task.id === "register")
      ? ["  Nothing was registered or promoted."]
      : []),
    ...waiting.map(({ task }) => `  ${task.id} waits for an approval.`),
    "  Assurance: laptop. One user held code, labels and key; environments that do not name this key accept none of it.",
  ];
}

/** The gate's own table, once a gate has judged. */
async function gateTable({ folder, result }: ClosingFacts): Promise<readonly string[] | null> {
  if (!result.statuses.some(({ task, state }) => task.id === "gate" && state !== "skipped")) return null;
  const text = await readFile(join(folder.work, "evidence", "summary.md"), "utf8").catch(() => null);
  return text?.trimEnd().split("\n") ?? null;
}

function places({ folder, result }: ClosingFacts): readonly string[] {
  const { key, store, lookAtMlflow } = result;
  return [
    ["run", folder.path],
    ["logs", join(folder.path, "logs")],
    ["evidence", join(folder.work, "evidence")],
    ["store", store],
    ["key", `${key.path}${key.isNew ? " (made now)" : ""}`],
    ...(lookAtMlflow === null ? [] : [["mlflow", lookAtMlflow.map(quoted).join(" ")]]),
  ].map(([name = "", text = ""]) => `  ${name.padEnd(9)} ${text}`);
}

function next({ folder, pipeline, line, result: { statuses } }: ClosingFacts): readonly string[] {
  const failed = statuses.filter(({ state }) => state === "failed");
  const waiting = statuses.filter(({ state }) => state === "approval");
  const again = resumeCommand(pipeline, line);
  if (outcomeOf(statuses) === "undecided") {
    return [
      "more held-out rows narrow the interval; how much loss to accept is for the policy's owners to say",
      `then ${again}`,
    ];
  }
  if (failed.length > 0) {
    return [
      ...failed.map(({ task }) => `read ${folder.log(task.id)}`),
      `then ${again}; what succeeded from the same inputs is kept`,
    ];
  }
  if (statuses.some(({ state }) => state === "cancelled")) return [`${again}; what succeeded is kept`];
  if (waiting.length > 0) {
    return waiting.map(({ task }) => `${again} --approve ${task.id.replace("promote-", "")}`);
  }
  return ["push: the CI runs the same jobs, and signs by itself"];
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
