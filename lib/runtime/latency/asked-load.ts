import type { PolicyDocument } from "../../blueprint/policy/policy-document";
import { InvalidInputError, Problems } from "../../blueprint/problems";
import { servingLimit, type LatencyLimit, type ServingLimit } from "../../verdict/latency/judge-latency";
import type { Arguments } from "../commands/arguments";
import { type Load, resolveLoad, secondsFor } from "./load";
import { loadProblems } from "./load-problems";

/** A measurement as the options of `slipway latency` and the policy describe it. */
export interface Asked {
  readonly load: Load;
  readonly limit: ServingLimit;
  readonly confidence: number;
}

/** Level of intervals where no policy says another. */
const usualConfidence = 0.95;

/** Options by the properties of a load that they set. */
const optionOf: Readonly<Record<string, string>> = { warmUpSeconds: "warm-up", timeoutSeconds: "timeout" };

/**
 * What is to be measured: options, and what they leave open from the policy.
 *
 * @param policy - `null` when everything is said by options
 * @throws InvalidInputError naming everything that is wrong or missing
 */
export function askedLoad(args: Arguments, payloads: readonly string[], policy: PolicyDocument | null): Asked {
  const problems = new Problems();
  const smoke = args.flag("smoke");
  if (smoke && policy === null) {
    problems.add("--smoke", true, "needs a policy", "Name the manifest, or give the limit as --limit.");
  }
  const serving = policy?.serving ?? null;
  const promised = serving === null ? { latency: null, errorRate: null } : servingLimit(serving, { smoke });
  const limit = {
    latency: latencyLimit(args, promised.latency, problems),
    errorRate: args.number("error-rate") ?? promised.errorRate,
  };
  checkLimit(limit, problems);
  const rate = args.number("rate") ?? serving?.latency?.atRequestsPerSecond;
  if (rate === undefined) {
    problems.add("--rate", undefined, "is missing", "The policy has no latency; say the requests per second.");
  } else if (!(rate > 0)) {
    problems.add("--rate", rate, "is no load", "Give the requests per second, above 0.");
  }
  const address = args.requiredText("url");
  if (!URL.canParse(address)) {
    problems.add("--url", address, "is no address", "Write it in full: http://127.0.0.1:8080/invocations.");
  }
  const arrivals = args.text("arrivals") ?? "poisson";
  if (arrivals !== "poisson" && arrivals !== "constant") {
    problems.add("--arrivals", arrivals, "is no spacing of requests", "Write poisson or constant.");
  }
  if (problems.list.length > 0) throw new InvalidInputError("slipway latency", problems.list);

  const confidence = policy?.gate.confidence ?? usualConfidence;
  const load: Load = {
    url: new URL(address),
    payloads,
    contentType: args.text("content-type"),
    rate: rate!,
    seconds: args.number("seconds") ?? secondsFor(rate!, limit, confidence),
    warmUpSeconds: args.number("warm-up"),
    // A limit longer than the usual patience must be possible to break without a failure.
    timeoutSeconds: args.number("timeout") ?? Math.max(10, (4 * (limit.latency?.atMostMillis ?? 0)) / 1_000),
    arrivals: arrivals as Load["arrivals"],
    seed: args.number("seed"),
    connections: args.number("connections"),
  };
  for (const { path, value, says, remedy } of loadProblems(resolveLoad(load))) {
    problems.add(`--${optionOf[path] ?? path}`, value, says, remedy);
  }
  problems.throwIfAny("slipway latency");
  return { load, limit, confidence };
}

function latencyLimit(args: Arguments, promised: LatencyLimit | null, problems: Problems): LatencyLimit | null {
  const quantile = args.number("quantile") ?? promised?.quantile;
  const atMostMillis = args.number("limit") ?? promised?.atMostMillis;
  if (quantile === undefined && atMostMillis === undefined) return null;
  if (quantile === undefined || atMostMillis === undefined) {
    const missing = quantile === undefined ? "--quantile" : "--limit";
    problems.add(missing, undefined, "is missing", "A limit on latency is a quantile and its milliseconds: give both.");
    return null;
  }
  return { quantile, atMostMillis };
}

function checkLimit({ latency, errorRate }: ServingLimit, problems: Problems): void {
  if (latency !== null && !(latency.quantile > 0 && latency.quantile < 1)) {
    problems.add("--quantile", latency.quantile, "is no quantile", "Give a number above 0 and below 1, such as 0.95.");
  }
  if (latency !== null && !(latency.atMostMillis > 0)) {
    problems.add("--limit", latency.atMostMillis, "can never be kept", "Give milliseconds above 0.");
  }
  if (errorRate !== null && !(errorRate > 0 && errorRate < 1)) {
    problems.add("--error-rate", errorRate, "is no share of requests", "Give a number above 0 and below 1.");
  }
}
