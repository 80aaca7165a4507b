import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { textDigest } from "../../blueprint/manifest/canonical-text";
import { policyDigest } from "../../blueprint/policy/quality-policy";
import { refusals } from "../../verdict/evidence/acceptance";
import type { GateMeasures } from "../../verdict/evidence/gate-measures";
import { subjectDigest } from "../../verdict/evidence/statement";
import { verdictTable } from "../output/verdict-table";
import type { CommandContext } from "../command-context";
import { parseEvidence, unverifiedMeasures, verifyEvidence, type EvidenceFile } from "../evidence/evidence-file";
import { digestFolder, isDigest } from "../handoff/folder-digest";
import { markdownTable } from "../output/markdown";
import { acceptedPolicies } from "../promotion/accepted-policies";
import { RefusedError } from "../refusals";
import { trustedSigners } from "../signing/trusted-signers";
import type { Arguments } from "./arguments";
import type { CommandModule, CommandResult } from "./command-module";

export const command: CommandModule = {
  name: "evidence",
  summary: "show evidence, or verify it against accepted policies and signers",
  description: `show prints what an evidence file says, without believing it.

verify holds it against what promotion would: signatures of the signers in SLIPWAY_SIGNERS, accepted policies in
SLIPWAY_ACCEPTED_POLICIES, this pipeline and repository, the age limit, every limit of the policy judged and passed. With --model it is
also held against a model's files, with --production against the model that is in production. Each refusal has a name.`,
  manifest: (args) => (args.optionalArgument("action") === "show" ? "none" : "required"),
  arguments: [
    { name: "action", summary: "what to do", choices: ["show", "verify"] },
    { name: "file", summary: "the evidence file; default: that of the working folder", required: false },
  ],
  options: [
    { name: "model", value: "folder|digest", summary: "the model that the evidence has to be about" },
    { name: "production", value: "digest|none", summary: "what is in production now" },
  ],
  async run(context, args) {
    const given = args.optionalArgument("file");
    const file = given === undefined ? join(context.work.handoff("evidence"), "evidence.dsse.json") : resolve(given);
    const text = await readFile(file, "utf8").catch(() => {
      throw args.wrong("<file>", file, "cannot be read", "Name the evidence.dsse.json that `slipway gate` wrote.");
    });
    const evidence = parseEvidence(text, file);
    return args.argument("action") === "show" ? show(evidence, text, context) : verify(evidence, text, context, args);
  },
};

function show(evidence: EvidenceFile, text: string, { out }: CommandContext): CommandResult {
  const { predicate, subject } = unverifiedMeasures(evidence);
  out.say(describe(predicate, subject[0]?.digest.sha256 ?? "none", text));
  return { outcome: "passed", report: { verified: false, digest: textDigest(text), subject, measures: predicate } };
}

async function verify(
  evidence: EvidenceFile,
  text: string,
  { manifest, env, out, now }: CommandContext,
  args: Arguments,
): Promise<CommandResult> {
  const verified = await verifyEvidence(evidence, trustedSigners(env));
  const { predicate } = verified.measures;
  const about = subjectDigest(verified.measures) ?? "no single model";
  const [first, ...others] = refusals(verified, {
    modelDigest: await expectedModel(args.text("model"), about),
    pipeline: manifest.pipeline.name,
    repository: manifest.repository,
    acceptedGatePolicies: acceptedPolicies(env).gate,
    gatePolicy: { digest: policyDigest(manifest.policy, "gate"), section: manifest.policy.gate },
    currentProduction: args.text("production") ?? predicate.comparedWith.production,
    now: now(),
  });
  if (first !== undefined) {
    const message = [first, ...others].map((each) => `${each.check}: ${each.message}`).join("\n");
    throw new RefusedError(first.check, message, first.remedy);
  }
  out.say(
    `${describe(predicate, about, text)}\nsigned by ${verified.signer.name} (${verified.signer.assurance}); it holds`,
  );
  if (args.text("production") === undefined) {
    out.say(`not checked: whether ${predicate.comparedWith.production} is in production now (--production)`);
  }
  return {
    outcome: "passed",
    report: { verified: true, digest: textDigest(text), model: about, signer: verified.signer, measures: predicate },
  };
}

async function expectedModel(given: string | undefined, about: string): Promise<string> {
  if (given === undefined) return about;
  return isDigest(given) ? given : (await digestFolder(resolve(given))).digest;
}

function describe(measures: GateMeasures, model: string, text: string): string {
  const facts = [
    ["model", model],
    ["pipeline", measures.pipeline],
    ["repository", measures.repository ?? "none"],
    ["git revision", measures.gitRevision ?? "unknown"],
    ["gate policy", measures.policyDigests.gate],
    ["compared with", measures.comparedWith.production],
    ["measured", `${measures.measuredAt} by ${measures.measuredBy.tool} ${measures.measuredBy.version}`],
    ["assurance", measures.assurance === "laptop" ? "laptop: one user held code, labels and key" : "ci"],
    ["evidence", textDigest(text)],
  ];
  return `${markdownTable(["", ""], facts)}\n\n${verdictTable(measures.verdict)}`;
}
