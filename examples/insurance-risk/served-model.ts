import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What `slipway package` says of an image, as far as it is shown here. */
interface ImageDocument {
  readonly image: string;
  readonly complete: boolean;
  readonly platforms: readonly { readonly platform: string; readonly size: number; readonly packages: number | null }[];
}

/** What the last run in a repository says of the model's image and of its server, in a few lines for people. */
export function servedModel(repository: string): string {
  const run = lastRun(repository);
  const image = JSON.parse(readFileSync(join(run, "work/image/image.json"), "utf8")) as ImageDocument;
  const summary = readFileSync(join(run, "summaries/latency.md"), "utf8").split("\n");
  return [
    `Image     ${image.image}`,
    ...image.platforms.map(
      ({ platform, size, packages }) =>
        `          ${platform}, ${(size / 1e6).toFixed(1)} MB, ${packages ?? "no"} Python packages`,
    ),
    ...(image.complete ? [] : ["          without its base, whose registry could not be reached from here"]),
    `Contract  ${count(summary, "held")} checks hold, ${count(summary, "broken")} are broken, ${count(summary, "not-run")} could not be run`,
    ...limits(summary).map((row, index) => `${index === 0 ? "Latency   " : "          "}${row}`),
    ...summary.filter((line) => line.startsWith("Measured on ")).map((line) => `          ${line}`),
  ].join("\n");
}

/** Folders of runs are named by the time they began. */
function lastRun(repository: string): string {
  const folder = join(repository, ".slipway-run");
  const runs = readdirSync(folder).filter((name) => /^\d{8}T/.test(name));
  return join(folder, runs.sort().at(-1)!);
}

/** Checks of the contract that ended in a way: the second column of their table. */
function count(summary: readonly string[], result: string): number {
  return summary.filter((line) => cells(line)[1] === result).length;
}

/** The table of limits, in words: what was promised, what was measured, and the verdict. */
function limits(summary: readonly string[]): readonly string[] {
  const head = summary.findIndex((line) => cells(line)[0] === "Limit");
  if (head === -1) return [];
  const rows = summary.slice(head + 2);
  return rows.slice(0, rows.indexOf("")).map((line) => {
    const [limit, value, interval, verdict] = cells(line);
    return `${limit!}: ${value!} (${interval!}), ${verdict!.replace(/:.*$/, "")}`;
  });
}

function cells(line: string): readonly string[] {
  return line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}
