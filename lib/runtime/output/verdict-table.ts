import type { Finding, GateVerdict, Interval, Outcome } from "../../verdict/gate-verdict";
import { markdownTable, markdownText } from "./markdown";

/** A verdict at a glance. */
export const marks: Readonly<Record<Outcome, string>> = {
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
    markdownTable(["Limit", "Value", "Interval", "Rows", "Verdict"], findings.map(findingRow), [
      "---",
      "---:",
      ":---:",
      "---:",
      "---",
    ]),
    ...findings.flatMap(groupTable),
    "",
  ].join("\n");
}

function findingRow(finding: Finding): string[] {
  const { title, slice, value, interval, rows, outcome, reason, measuredBy } = finding;
  const where = slice === null ? "" : `, ${slice.column} = ${slice.value}`;
  const who = measuredBy === "training" ? " (declared by training)" : "";
  const why = reason === null ? "" : `: ${reason}`;
  return [title + where + who, number(value), showInterval(interval), String(rows), marks[outcome] + why];
}

function groupTable({ title, groups }: Finding): string[] {
  if (groups === null) return [];
  const rows = groups.map((group) => [
    group.assessable ? group.group : `${group.group} (not assessable)`,
    String(group.rows),
    String(group.positives),
    String(group.selected),
    number(group.selectionRate),
    showInterval(group.interval),
    number(group.truePositiveRate),
    number(group.falsePositiveRate),
  ]);
  return [
    "",
    `Groups behind “${markdownText(title)}”:`,
    "",
    markdownTable(
      [
        "Group",
        "Rows",
        "Positives",
        "Selected",
        "Selection rate",
        "Interval",
        "True positive rate",
        "False positive rate",
      ],
      rows,
      ["---", "---:", "---:", "---:", "---:", ":---:", "---:", "---:"],
    ),
  ];
}

function number(value: number | null): string {
  return value === null ? "–" : value.toFixed(4);
}

function showInterval(interval: Interval | null): string {
  return interval === null ? "–" : `${number(interval.lower)} to ${number(interval.upper)}`;
}
