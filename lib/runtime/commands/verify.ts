import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { canonicalText } from "../../blueprint/manifest/canonical-text";
import { policyDigest } from "../../blueprint/policy/quality-policy";
import { serviceLevelStatement } from "../../verdict/evidence/service-level";
import { subjectDigest } from "../../verdict/evidence/statement";
import { assuranceOf, runUrl } from "../assurance";
import type { CommandContext } from "../command-context";
import { parseEvidence, type VerifiedEvidence, verifyEvidence } from "../evidence/evidence-file";
import type { ServingMeasurement } from "../latency/measure-serving";
import { sayLatency } from "../output/latency-table";
import { environmentNamed } from "../promotion/environments";
import { verifiedRecords } from "../records/open-record";
import { readRecords } from "../records/promotion-records";
import { keepServiceLevel } from "../records/service-levels";
import { RefusedError } from "../refusals";
import { describeResults, resultDocuments, resultTable } from "../serving/check/check-report";
import { openSigner } from "../signing/open-signer";
import { statementBytes } from "../signing/statement-text";
import { trustedSigners } from "../signing/trusted-signers";
import { openStore } from "../store/open-store";
import { lookAtService } from "../verify/look-at-service";
import { untilServed } from "../verify/served-model";
import { version } from "../version";
import type { Arguments } from "./arguments";
import type { CommandModule } from "./command-module";

/** Seconds that a rollout may take. */
const USUAL_WAIT = 1_800;

export const command: CommandModule = {
  name: "verify",
  summary: "measure the promoted model where an environment serves it, and sign the latency verdict",
  description: `Waits until the environment's address serves the model that was promoted into it, by the digest in /version. Holds the server
against the serving contract as far as that can be seen from outside, then puts it under the policy's load: held-out rows, at the rate
and with the rows per request that the policy names.

What was measured is signed and kept in the store. Promotion into an environment that asks for a latency verdict takes the latest, and
computes the verdict again from its figures. Exits 3 when the limit is broken, 4 when the figures decide neither way.

SLIPWAY_SERVICE_URL names another address than the environment's servedAt.`,
  arguments: [{ name: "environment", summary: "which environment" }],
  options: [
    { name: "wait", value: "seconds", summary: `how long a rollout may take (default: ${USUAL_WAIT})` },
    {
      name: "seconds",
      value: "number",
      summary: "length of the measurement (default: what the limits need, 30 or more)",
    },
  ],
  takes: () => ["evidence", "features"],
  async run(context, args) {
    const { manifest, env, out } = context;
    const { environment } = environmentNamed(manifest.pipeline, args.argument("environment"));
    const url = addressOf(environment.servedAt, env.SLIPWAY_SERVICE_URL, args).replace(/\/+$/, "");
    const evidence = await promotedEvidence(context, environment.name);
    const modelDigest = subjectDigest(evidence.measures)!;
    const served = await untilServed(url, modelDigest, args.number("wait") ?? USUAL_WAIT, (text) => {
      out.progress(text);
    });
    out.say(`${url} serves ${modelDigest} by ${served.server}`);
    const { checks, measurement: measured } = await lookAtService(context, {
      url,
      modelDigest,
      interface: evidence.measures.predicate.interface,
      seconds: args.number("seconds") ?? null,
    });
    out.say(describeResults(checks));
    out.summary(`### Serving contract\n\n${resultTable(checks)}`);
    const report = { environment: environment.name, model: modelDigest, checks: resultDocuments(checks) };
    if (checks.some(({ result }) => result === "broken")) return { outcome: "refused", report };
    if (measured === null) {
      out.say("the policy limits no latency: nothing was measured");
      return { outcome: "passed", report };
    }
    const digest = await signed(context, environment.name, { url, server: served.server, modelDigest, measured });
    sayLatency(out, measured, { smoke: false });
    const { verdict, figures, hardware } = measured;
    return {
      outcome: OUTCOMES[verdict.outcome],
      report: { ...report, statement: digest, verdict, figures, hardware },
    };
  },
};

function addressOf(servedAt: string | null, said: string | undefined, args: Arguments): string {
  const address = said === undefined || said === "" ? servedAt : said;
  if (address !== null) return address;
  throw args.wrong(
    "<environment>",
    args.argument("environment"),
    "is served at no address",
    "Give it one in the program, Environment.staging({ servedAt }), or set SLIPWAY_SERVICE_URL.",
  );
}

/** The evidence of this run, about the model that stands in the environment. */
async function promotedEvidence(
  { manifest, work, env, repository }: CommandContext,
  environment: string,
): Promise<VerifiedEvidence> {
  const trusted = trustedSigners(env);
  const bundle = await readFile(join(work.handoff("evidence"), "evidence.dsse.json"), "utf8");
  const evidence = await verifyEvidence(parseEvidence(bundle), trusted);
  const store = openStore(manifest.pipeline.store, env, repository);
  const last = (await readRecords(store, manifest.pipeline.name, environment, verifiedRecords(trusted))).at(-1);
  const judged = subjectDigest(evidence.measures);
  if (last?.model === judged) return evidence;
  throw new RefusedError(
    "not-in-environment",
    `the evidence is about ${judged ?? "no single model"}, and ${last === undefined ? "nothing was promoted" : `${last.model} stands`} in ${environment}`,
    `Promote the model into ${environment} first.`,
  );
}

interface Measured {
  readonly url: string;
  readonly server: string;
  readonly modelDigest: string;
  readonly measured: ServingMeasurement;
}

/** @returns digest of the signed statement in the store */
async function signed(
  { manifest, env, repository, work, now }: CommandContext,
  environment: string,
  { url, server, modelDigest, measured }: Measured,
): Promise<string> {
  const { pipeline, policy } = manifest;
  const statement = serviceLevelStatement(modelDigest, {
    pipeline: pipeline.name,
    repository: manifest.repository,
    environment,
    address: url,
    server,
    servingPolicy: policyDigest(policy, "serving"),
    verdict: measured.verdict,
    figures: measured.figures,
    assurance: assuranceOf(env),
    measuredBy: { tool: "slipway", version: version() },
    measuredAt: now().toISOString(),
    run: runUrl(env),
  });
  const bytes = Buffer.from(canonicalText(await openSigner(pipeline.signing, env).sign(statementBytes(statement))));
  await writeFile(join(work.path, "service-level.dsse.json"), bytes);
  return await keepServiceLevel(
    openStore(pipeline.store, env, repository),
    { pipeline: pipeline.name, environment, modelDigest },
    bytes,
  );
}

const OUTCOMES = { passed: "passed", failed: "refused", undecided: "undecided" } as const;
