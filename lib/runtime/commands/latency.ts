import { resolve } from "node:path";
import type { Outcome } from "../../verdict/gate-verdict";
import { askedLoad } from "../latency/asked-load";
import { measureServing } from "../latency/measure-serving";
import { readPayloads } from "../latency/read-payloads";
import { markdownText } from "../output/markdown";
import { sayLatency } from "../output/latency-table";
import type { Arguments } from "./arguments";
import type { CommandContext } from "../command-context";
import { smokeTest } from "../latency/smoke-test";
import { layOptions } from "../packaging/lay-options";
import { describeResults, resultDocuments, resultTable } from "../serving/check/check-report";
import type { CommandModule, CommandResult } from "./command-module";

export const command: CommandModule = {
  name: "latency",
  summary: "measure a server under the load its latency is promised for",
  description: `Sends prediction requests at a declared rate, whether the server keeps up or not, and measures each from the moment it was meant to
be sent to the end of its answer: a pause of the server shows in every request that fell into it. Failed requests count as slower
than any limit. What is measured has an interval that holds also where slow requests come together.

Without --url, in a pipeline that packages: serves the model of the run on this machine as its image would, holds the server against
the serving contract with held-out rows and the scores that the gate judged, and measures it as a smoke test. Its limit is the policy's
wider one; it refuses what lies beyond, and decides nothing else: \`verify\` gives the verdict that production asks for.

Limits and rate are those of the policy; options override them. With --rate, and neither --manifest nor --pipeline, no manifest is
read: then the limits are what the options say, and without a limit nothing is judged.

Passes when the whole interval keeps to the limit, refuses when it lies beyond, is undecided in between. A measurement in which the
generator itself was late is refused as generator-too-slow. The figures hold for the machine they were measured on; it is named.`,
  manifest: (args) => (isByHand(args) ? "none" : "required"),
  options: [
    { name: "url", value: "address", summary: "where predictions are asked for: http://127.0.0.1:8080/invocations" },
    {
      name: "payloads",
      value: "file",
      summary: "request bodies as JSON lines, sent in a shuffled order, again and again",
    },
    { name: "content-type", value: "type", summary: "of the bodies (default: application/json)" },
    { name: "rate", value: "number", summary: "requests per second (default: the policy's)" },
    {
      name: "seconds",
      value: "number",
      summary: "length of the measurement (default: 30, or longer where the limits need more requests)",
    },
    { name: "warm-up", value: "seconds", summary: "sent before it at the same rate, not counted (default: 5)" },
    { name: "quantile", value: "number", summary: "of the limit, such as 0.95 (default: the policy's)" },
    {
      name: "limit",
      value: "milliseconds",
      summary: "highest accepted latency at the quantile (default: the policy's)",
    },
    {
      name: "error-rate",
      value: "share",
      summary: "highest accepted share of failed requests (default: the policy's)",
    },
    { name: "smoke", summary: "judge by the policy's wider limit, for a machine that is not the promised one" },
    { name: "timeout", value: "seconds", summary: "a request unanswered for so long has failed (default: 10)" },
    {
      name: "connections",
      value: "number",
      summary: "most connections at once (default: as many as requests can be under way)",
    },
    { name: "arrivals", value: "poisson|constant", summary: "spacing of the requests (default: poisson)" },
    { name: "seed", value: "number", summary: "of times and order (default: 1)" },
  ],
  takes: (args, _line, pipeline) =>
    args.text("url") === undefined && pipeline?.packaging != null ? ["model", "features", "predictions"] : [],
  async run(context, args) {
    if (args.text("url") === undefined && !isByHand(args)) return await smokeTestOfRun(context);
    const payloads = await readPayloads(resolve(args.requiredText("payloads")));
    const policy = isByHand(args) ? null : context.manifest.policy;
    const { load, limit, confidence } = askedLoad(args, payloads, policy);
    const { out } = context;
    out.progress(`${load.rate} requests per second for ${load.seconds} s to ${load.url.host}`);
    const measured = await measureServing(load, limit, confidence);
    const { verdict } = measured;
    const smoke = args.flag("smoke");
    sayLatency(out, measured, { smoke });
    return { outcome: outcomeOf(verdict.outcome, verdict.findings.length), report: { ...measured, smoke } };
  },
};

async function smokeTestOfRun(context: CommandContext): Promise<CommandResult> {
  const { out } = context;
  const { checks, measurement, tooBusy } = await smokeTest(context, layOptions(context));
  out.say(describeResults(checks));
  out.summary(`### Serving contract\n\n${resultTable(checks)}`);
  const contract = { checks: resultDocuments(checks) };
  if (checks.some(({ result }) => result === "broken")) return { outcome: "refused", report: contract };
  if (measurement === null) {
    const why = tooBusy === null ? "the policy limits no latency" : `this machine is too busy to measure: ${tooBusy}`;
    out.say(`${why}; the latency was not judged`);
    out.summary(markdownText(`Latency was not judged: ${why}.`));
    return { outcome: "passed", report: contract };
  }
  sayLatency(out, measurement, { smoke: true });
  // Across the limit a machine of the CI says nothing: that is for the serving hardware to decide.
  const outcome = measurement.verdict.outcome === "failed" ? "refused" : "passed";
  return { outcome, report: { ...contract, ...measurement, smoke: true } };
}

/** Whoever says the rate, and names no pipeline, measures without a policy. */
function isByHand(args: Arguments): boolean {
  return args.text("rate") !== undefined && args.text("manifest") === undefined && args.text("pipeline") === undefined;
}

/** Where no limit was given the command has done its work by measuring. */
function outcomeOf(outcome: Outcome, limits: number): CommandResult["outcome"] {
  if (limits === 0) return "passed";
  return outcome === "failed" ? "refused" : outcome;
}
