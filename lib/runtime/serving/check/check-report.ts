import { markdownTable } from "../../output/markdown";
import type { CheckResult } from "./check-run";

/** What is broken and what was not looked at, for people; checks that hold are only counted. */
export function describeResults(results: readonly CheckResult[]): string {
  const [held, broken, notRun] = (["held", "broken", "not-run"] as const).map((wanted) =>
    results.filter(({ result }) => result === wanted),
  );
  const lines = broken!.flatMap(({ check, says }) => [
    `  broken   ${check.id}: ${says}`,
    `           demanded: ${check.demands}`,
    `           ${check.remedy}`,
  ]);
  const left = notRun!.map(({ check, says }) => `  not run  ${check.id}: ${says}`);
  const sum = `${held!.length} hold, ${broken!.length} broken, ${notRun!.length} not run`;
  return [...lines, ...left, sum].join("\n");
}

/** All checks as a Markdown table. */
export function resultTable(results: readonly CheckResult[]): string {
  return markdownTable(
    ["check", "result", "seen"],
    results.map(({ check, result, says }) => [check.id, result, says]),
  );
}

/** For the document that `--json` prints. */
export function resultDocuments(results: readonly CheckResult[]): readonly Readonly<Record<string, string>>[] {
  return results.map(({ check: { id, demands, remedy }, result, says }) => ({
    check: id,
    result,
    demands,
    ...(result === "held" ? {} : { says }),
    ...(result === "broken" ? { remedy } : {}),
  }));
}
