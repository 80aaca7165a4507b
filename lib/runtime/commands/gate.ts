import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { canonicalText } from "../../blueprint/manifest/canonical-text";
import { gateMeasuresStatement } from "../../verdict/evidence/gate-measures";
import type { GateVerdict, Outcome } from "../../verdict/gate-verdict";
import type { HeldOutRows } from "../../verdict/held-out-rows";
import { judgeGate } from "../../verdict/judge/judge-gate";
import { unusableRows } from "../../verdict/judge/unusable-rows";
import { verdictTable } from "../output/verdict-table";
import { assuranceOf } from "../assurance";
import type { CommandContext } from "../command-context";
import { DuckDbSession } from "../duckdb/session";
import { evidenceText, signEvidence } from "../evidence/evidence-file";
import { type HeldOutFiles, heldOutFiles } from "../gate/held-out-files";
import { measuredByGate } from "../gate/measured-by-gate";
import { readHeldOutRows } from "../gate/read-held-out-rows";
import { takeRegisteredVersion } from "../gate/registered-version";
import { readServingDescription } from "../model/serving-description";
import { RefusedError } from "../refusals";
import { openSigner } from "../signing/open-signer";
import { readTrainingReport } from "../train/training-report";
import type { Arguments } from "./arguments";
import type { CommandModule, CommandResult } from "./command-module";

export const command: CommandModule = {
  name: "gate",
  summary: "measure the model on held-out rows, judge it by the policy, sign what was found",
  description: `Joins held-out labels and predictions, measures every limit of the policy, and passes, fails or leaves undecided. Runs nothing of
the model or its repository. What cannot be measured fails; a group too small to say anything of is no pass.

Writes the evidence hand-off: verdict.json, evidence.dsse.json (signed: what was measured, and its summary) and summary.md. In CI only
the default branch signs.

--smoke reports on a sample and enforces no limit. --local judges without signing. --version judges a registered version anew, on the
labels and features of the present split: because its evidence is too old, or the policy or the production model changed. On a laptop it
fetches the version and lets it predict; in CI, model and predictions are handed over and held against the version.`,
  options: [
    { name: "smoke", summary: "report the figures of a sample; enforce no limit, sign nothing" },
    { name: "local", summary: "judge, but sign nothing" },
    {
      name: "version",
      value: "number",
      summary: "judge this registered version on the present data, without training",
    },
  ],
  takes: (args, line) => [
    "labels",
    ...(fetchesVersion(args) ? (["features"] as const) : (["predictions", "model"] as const)),
    ...(line === "review" ? [] : (["baseline"] as const)),
  ],
  async run(called, args) {
    const version = args.text("version");
    const context = version === undefined ? called : await takeRegisteredVersion(called, version);
    const { files, baseline } = await heldOutFiles(context);
    const rows = await readRows(context, files);
    const training = await readTrainingReport(context.work.handoff("model"));
    const { gate: policy } = context.manifest.policy;
    const smoke = args.flag("smoke");
    if (smoke) refuseUnmeasurable(unusableRows(rows, policy));
    const verdict = judgeGate(policy, rows, {
      declared: training?.declaredMetrics ?? {},
      firstModel: baseline?.production === null,
    });
    const table = summaryOf(context, verdict, smoke);
    const evidence = await freshEvidenceFolder(context);
    await writeFile(join(evidence, "verdict.json"), canonicalText(verdict));
    await writeFile(join(evidence, "summary.md"), table);
    context.out.summary(table);
    const signed = !smoke && !args.flag("local");
    if (signed) {
      requireDefaultBranch(context);
      const serving = await readServingDescription(context.work.handoff("model"));
      const measures = measuredByGate(context, verdict, baseline, { training, serving });
      const signer = openSigner(context.manifest.pipeline.signing, context.env);
      const file = await signEvidence(gateMeasuresStatement(context.takes.get("model")!, measures), signer);
      await writeFile(join(evidence, "evidence.dsse.json"), evidenceText(file));
      context.out.progress(`signed by ${signer.name}`);
    }
    return resultOf(context, verdict, { smoke, signed });
  },
};

/** A version's model comes from the registry, unless its own job handed it over. */
function fetchesVersion(args: Arguments): boolean {
  return args.text("version") !== undefined && !args.list("take").some((take) => take.startsWith("model="));
}

async function readRows({ work }: CommandContext, files: HeldOutFiles): Promise<HeldOutRows> {
  const reads = [files.labels, files.candidate, files.production, ...files.anchors.values()];
  return DuckDbSession.with(
    { temporary: join(work.path, "temporary"), reads: reads.filter((file) => file !== null) },
    (session) => readHeldOutRows(session, files),
  );
}

function refuseUnmeasurable(reason: string | null): void {
  if (reason === null) return;
  throw new RefusedError("not-measurable", reason, "Make predict give every held-out row one finite score.");
}

async function freshEvidenceFolder({ work }: CommandContext): Promise<string> {
  const folder = work.handoff("evidence");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return folder;
}

/** A branch that was never reviewed must not make evidence that looks like the default branch's. */
function requireDefaultBranch({ env, manifest }: CommandContext): void {
  if (assuranceOf(env) !== "ci" || env.GITHUB_REF === `refs/heads/${manifest.defaultBranch}`) return;
  throw new RefusedError(
    "not-the-default-branch",
    `this job runs for ${env.GITHUB_REF ?? "no branch"}; only ${manifest.defaultBranch} signs evidence`,
    "Merge first; or judge without signing: slipway gate --local.",
  );
}

function summaryOf(context: CommandContext, verdict: GateVerdict, smoke: boolean): string {
  const title = smoke ? "### Gate, on a sample: figures are reported, no limit is enforced" : "### Gate";
  const assurance = assuranceOf(context.env);
  const note =
    assurance === "laptop"
      ? "\n\nMeasured on a laptop: one user held code, labels and key. No environment trusts this unless it names that key."
      : "";
  return `${title}\n\n${verdictTable(verdict)}${note}\n`;
}

const outcomes: Readonly<Record<Outcome, CommandResult["outcome"]>> = {
  passed: "passed",
  failed: "refused",
  undecided: "undecided",
};

function resultOf(
  { out }: CommandContext,
  verdict: GateVerdict,
  { smoke, signed }: { readonly smoke: boolean; readonly signed: boolean },
): CommandResult {
  for (const { outcome, title, slice, reason } of verdict.findings) {
    const where = slice === null ? "" : ` (${slice.column} = ${slice.value})`;
    out.say(`${outcome.padEnd(9)} ${title}${where}${reason === null ? "" : `: ${reason}`}`);
  }
  out.say(smoke ? "on a sample: no limit was enforced" : `the gate's verdict: ${verdict.outcome}`);
  return {
    outcome: smoke ? "passed" : outcomes[verdict.outcome],
    report: { verdict, signed, smoke },
    gives: ["evidence"],
    outputs: { verdict: verdict.outcome },
  };
}
