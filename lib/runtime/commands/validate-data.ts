import { DataContract } from "../../blueprint/contract/data-contract";
import { snapshotIn } from "../data/data-file";
import { sessionOptions, withDataSession } from "../data/data-session";
import { type CheckResult, type ContractReport, validateData } from "../data/validate-data";
import { markdownTable } from "../output/markdown";
import type { CommandModule } from "./command-module";

export const command: CommandModule = {
  name: "validate-data",
  summary: "hold the data snapshot against its contract",
  description: `Runs every check that the data contract declares over the snapshot and refuses it when one is broken.

Reports name the check, its place in the contract, what was measured and how many rows break it. Values of rows never appear: keys
of a few failing rows are shown masked, so that whoever holds the data can find them.`,
  options: sessionOptions,
  takes: () => ["data"],
  async run(context, args) {
    const contract = DataContract.fromDocument(context.manifest.contract, "of the release manifest");
    const file = await snapshotIn(context.work.handoff("data"));
    const report = await withDataSession(context, args, { reads: [file.path] }, (session) =>
      validateData(session, contract, file, context.now()),
    );
    const broken = report.checks.filter((check) => check.outcome !== "passed");
    const { out } = context;
    out.say(`${report.rows} rows, ${report.checks.length} checks, ${broken.length} not met`);
    for (const check of broken) out.say(`  ${check.outcome}: ${describe(check)}`);
    out.summary(summaryOf(report, broken));
    return { outcome: report.outcome, report: { ...report } };
  },
};

function describe(check: CheckResult): string {
  const keys = check.keys.length === 0 ? "" : `, keys ${check.keys.join(", ")}`;
  return `${check.name} (${check.path}): ${valueOf(check)}, expected ${check.expected}${keys}`;
}

function valueOf(check: CheckResult): string {
  if (check.value === null) return check.reason ?? "not measured";
  const number = typeof check.value === "number" ? Number(check.value.toPrecision(6)) : check.value;
  return `${number}${check.unit === "percent" ? " %" : ""}`;
}

function summaryOf(report: ContractReport, broken: readonly CheckResult[]): string {
  const head =
    `### Data contract: ${report.outcome}\n\n` +
    `${report.rows} rows, ${report.checks.length} checks, ${broken.length} not met.`;
  if (broken.length === 0) return head;
  const rows = broken.map((check) => [
    check.name,
    check.path,
    check.expected,
    valueOf(check),
    check.failingRows === null ? "" : String(check.failingRows),
    check.keys.join(", "),
    check.outcome,
  ]);
  const header = ["check", "in the contract", "expected", "measured", "failing rows", "keys (masked)", "verdict"];
  return `${head}\n\n${markdownTable(header, rows)}`;
}
