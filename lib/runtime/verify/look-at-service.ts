import { join } from "node:path";
import type { ModelInterface } from "../../verdict/signature/compatibility";
import { servingLimit } from "../../verdict/latency/judge-latency";
import type { CommandContext } from "../command-context";
import { heldOutRequests, namedInputs } from "../latency/held-out-requests";
import { measureServing, type ServingMeasurement } from "../latency/measure-serving";
import { promisedLoad } from "../latency/promised-load";
import { type CheckResult, checkServing } from "../serving/check/check-run";
import { urlTarget } from "../serving/check/url-target";

/** A model where an environment serves it. */
export interface Service {
  /** Without a slash at the end. */
  readonly url: string;
  readonly modelDigest: string;
  readonly interface: ModelInterface;
  /** Length of the measurement; `null`: what the limits need. */
  readonly seconds: number | null;
}

/** What was seen of it from outside. */
export interface LookAtService {
  readonly checks: readonly CheckResult[];
  /** `null` where the policy limits no latency, or the server broke the contract. */
  readonly measurement: ServingMeasurement | null;
}

const START_SECONDS = 60;

/**
 * Holds a service against the serving contract, as far as that can be seen from outside, and puts it under the policy's load: held-out
 * rows, at the rate and with the rows per request that the policy promises its latency for.
 *
 * @throws RefusedError `generator-too-slow`
 */
export async function lookAtService(context: CommandContext, service: Service): Promise<LookAtService> {
  const { manifest, work, out } = context;
  const { serving, gate } = manifest.policy;
  const { url, modelDigest } = service;
  const latency = serving?.latency ?? null;
  const { signature } = service.interface;
  const requests = await heldOutRequests({
    features: join(work.handoff("features"), "features.parquet"),
    predictions: null,
    temporary: join(work.path, "temporary"),
    signature,
    rowsPerRequest: latency?.atRowsPerRequest ?? 1,
  });
  const checks = await checkServing({
    target: urlTarget(url, modelDigest),
    requests,
    columns: namedInputs(signature),
    pipeline: manifest.pipeline.name,
    latencyLimit: latency === null ? null : latency.atMostMillis / 1_000,
    grace: 0,
    memoryRequests: 0,
    startSeconds: START_SECONDS,
  });
  if (serving === null || latency === null || checks.some(({ result }) => result === "broken")) {
    return { checks, measurement: null };
  }
  const limit = servingLimit(serving, { smoke: false });
  const { confidence } = gate;
  const load = promisedLoad({ url, requests, latency, limit, confidence, seconds: service.seconds });
  out.progress(`${load.rate} requests per second for ${load.seconds} s to ${url}`);
  return { checks, measurement: await measureServing(load, limit, confidence) };
}
