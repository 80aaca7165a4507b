import type { LatencyFigures } from "../../verdict/latency/latency-figures";
import type { ServingFinding, ServingVerdict } from "../../verdict/latency/judge-latency";
import type { Hardware } from "../latency/hardware";
import type { ServingMeasurement } from "../latency/measure-serving";
import { markdownTable, markdownText } from "./markdown";
import type { Output } from "./output";
import { marks } from "./verdict-table";

/** Says what was measured, in a few lines for people and as a table in the job's summary. */
export function sayLatency(out: Output, measured: ServingMeasurement, { smoke }: { readonly smoke: boolean }): void {
  const { figures, hardware, verdict } = measured;
  out.summary(latencyTable(measured, { smoke }));
  for (const { outcome, title, reason } of verdict.findings) {
    out.say(`${outcome.padEnd(9)} ${title}${reason === null ? "" : `: ${reason}`}`);
  }
  for (const { quantile, millis } of figures.quantiles) {
    out.say(`  quantile ${quantile}: ${millis === null ? "beyond every answer" : `${millis.toFixed(2)} ms`}`);
  }
  out.say(loadLine(figures));
  out.say(hardwareLine(hardware));
}

/** A measurement as Markdown: the limits with their verdicts, the quantiles, the load and the machine it was measured on. */
export function latencyTable(
  { figures, verdict, hardware }: ServingMeasurement,
  { smoke }: { readonly smoke: boolean },
): string {
  return [
    `### Latency${smoke ? " (smoke test)" : ""}`,
    "",
    ...(verdict.findings.length === 0 ? [] : [limitsTable(verdict), ""]),
    quantileTable(figures),
    "",
    markdownText(loadLine(figures)),
    "",
    markdownText(hardwareLine(hardware)),
    ...(smoke
      ? ["", "A smoke test says that the server answers in time on this machine, nothing of the promised one."]
      : []),
    "",
  ].join("\n");
}

function limitsTable({ findings }: ServingVerdict): string {
  return markdownTable(["Limit", "Value", "Interval", "Verdict"], findings.map(findingRow), [
    "---",
    "---:",
    ":---:",
    "---",
  ]);
}

function findingRow(finding: ServingFinding): string[] {
  const { title, value, interval, outcome, reason, measure } = finding;
  const show = measure === "latencyMillis" ? showMillis : showShare;
  const why = reason === null ? "" : `: ${reason}`;
  return [title, show(value), `${show(interval.lower)} to ${show(interval.upper)}`, marks[outcome] + why];
}

function quantileTable({ quantiles, maxMillis, confidence }: LatencyFigures): string {
  const rows = quantiles.map(({ quantile, millis, lowerMillis, upperMillis, designEffect }) => [
    `p${Number((100 * quantile).toFixed(6))}`,
    showMillis(millis),
    `${showMillis(lowerMillis)} to ${showMillis(upperMillis)}`,
    designEffect.toFixed(2),
  ]);
  return markdownTable(
    ["Quantile", "Latency", `Interval (${Number((100 * confidence).toFixed(6))} %)`, "Design effect"],
    [...rows, ["max", showMillis(maxMillis), "–", "–"]],
    ["---", "---:", ":---:", "---:"],
  );
}

/** The load in one line: what was asked, what was sent, what failed, how late the generator itself was. */
export function loadLine({
  requests,
  failed,
  failures,
  rateAsked,
  rateAchieved,
  seconds,
  generator,
}: LatencyFigures): string {
  const kinds = Object.entries(failures).map(([kind, count]) => `${kind}: ${count}`);
  return [
    `${requests} requests in ${seconds} s, ${rateAchieved.toFixed(1)} per second (asked: ${rateAsked})`,
    `${failed} failed${kinds.length === 0 ? "" : ` (${kinds.join(", ")})`}`,
    `generator late by ${generator.lateMillis.p99.toFixed(2)} ms at p99`,
  ].join("; ");
}

/** The machine in one line. */
export function hardwareLine({ cpu, cores, memoryBytes, os, arch, node }: Hardware): string {
  return `Measured on ${cpu}, ${Number(cores.toFixed(2))} cores, ${(memoryBytes / 2 ** 30).toFixed(1)} GiB, ${os} ${arch}, Node.js ${node}`;
}

/** Beyond every answer is told by a sign that no number has. */
function showMillis(value: number | null): string {
  return value === null ? "∞" : `${value.toFixed(value < 10 ? 2 : 1)} ms`;
}

function showShare(value: number | null): string {
  return value === null ? "∞" : value.toFixed(4);
}
