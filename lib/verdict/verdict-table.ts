import type { Finding, GateVerdict, Interval, Outcome } from "./gate-verdict";

const marks: Readonly<Record<Outcome, string>> = {
  passed: "✅ passed",
  failed: "❌ failed",
  undecided: "⚠️ undecided",
};

const meanings: Readonly<Record<Outcome, string>> = {
  passed: "within the limits of this policy",
  failed: "outside the limits of this policy",
  undecided: "these rows do not decide whether within the limits of this policy",
};

/** The gate as Markdown: one row per limit with value, interval and verdict, then the figures of every group that was compared. */
export function verdictTable(verdict: GateVerdict): string {
  const { outcome, findings, rows, clusters } = verdict;
  return [
    `**${marks[outcome]}**: ${meanings[outcome]}, on ${rows} held-out rows of ${clusters} independent units`,
    "",
    "| Limit | Value | Interval | Rows | Verdict |",
    "| --- | ---: | :---: | ---: | --- |",
    ...findings.map(findingRow),
    ...findings.flatMap(groupTable),
    "",
  ].join("\n");
}

function findingRow(finding: Finding): string {
  const { title, slice, value, interval, rows, outcome, reason, measuredBy } = finding;
  const where = slice === null ? "" : `, ${slice.column} = ${slice.value}`;
  const who = measuredBy === "training" ? " (declared by training)" : "";
  const why = reason === null ? "" : `: ${reason}`;
  return row([title + where + who, number(value), showInterval(interval), String(rows), marks[outcome] + why]);
}

function groupTable({ title, groups }: Finding): string[] {
  if (groups === null) return [];
  return [
    "",
    `Groups behind “${escapeCell(title)}”:`,
    "",
    "| Group | Rows | Positives | Selected | Selection rate | Interval | True positive rate | False positive rate |",
    "| --- | ---: | ---: | ---: | ---: | :---: | ---: | ---: |",
    ...groups.map((group) =>
      row([
        group.assessable ? group.group : `${group.group} (not assessable)`,
        String(group.rows),
        String(group.positives),
        String(group.selected),
        number(group.selectionRate),
        showInterval(group.interval),
        number(group.truePositiveRate),
        number(group.falsePositiveRate),
      ]),
    ),
  ];
}

function row(cells: readonly string[]): string {
  return `| ${cells.map(escapeCell).join(" | ")} |`;
}

/** Names of columns and groups come from users' data: no cell may end the row, start another, or carry markup. */
function escapeCell(text: string): string {
  return text
    .replace(/[\r\n]+/g, " ")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/[\\`*_{}[\]|!]/g, (character) => `\\${character}`);
}

function number(value: number | null): string {
  return value === null ? "–" : value.toFixed(4);
}

function showInterval(interval: Interval | null): string {
  return interval === null ? "–" : `${number(interval.lower)} to ${number(interval.upper)}`;
}
