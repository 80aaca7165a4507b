import { join } from "node:path";
import { servingLimit } from "../../verdict/latency/judge-latency";
import type { CommandContext } from "../command-context";
import { readServingDescription } from "../model/serving-description";
import type { LayOptions } from "../packaging/kept-folder";
import { RefusedError } from "../refusals";
import { type CheckResult, checkServing } from "../serving/check/check-run";
import { processTarget } from "../serving/check/process-target";
import type { ExampleRequest } from "../serving/example-request";
import { modelServer } from "../serving/model-server";
import { ServerProcess, type ServerCommand } from "../serving/server-process";
import { heldOutRequests, namedInputs } from "./held-out-requests";
import { measureServing, type ServingMeasurement } from "./measure-serving";
import { promisedLoad } from "./promised-load";

/** What a model's server did on the machine of a job. */
export interface SmokeTest {
  readonly checks: readonly CheckResult[];
  /** `null` where the policy says nothing of latency, the server broke the contract, or the machine was too busy. */
  readonly measurement: ServingMeasurement | null;
  /** Why nothing can be said of the latency on this machine; `null` where something can, or was not asked. */
  readonly tooBusy: string | null;
}

const START_SECONDS = 180;
const GRACE_SECONDS = 10;
/** Fewer than by hand: a job looks at every model, and a leak that matters shows in as many. */
const MEMORY_REQUESTS = 400;

/**
 * Serves the model of a run as its image would, on this machine: holds the server against the serving contract with held-out rows and
 * the scores that the gate judged, then measures its latency under the policy's load.
 *
 * A machine that is too busy to measure is no fault of the model: that is said, and left to the serving hardware.
 *
 * @throws RefusedError `server-not-ready`
 */
export async function smokeTest(context: CommandContext, options: LayOptions): Promise<SmokeTest> {
  const { manifest, work, repository, env } = context;
  const modelFolder = work.handoff("model");
  const modelDigest = context.takes.get("model")!;
  const server = await modelServer({ manifest, repository, work: work.path, modelFolder, modelDigest, env }, options);
  const description = await readServingDescription(modelFolder);
  const latency = manifest.policy.serving?.latency ?? null;
  const requests = await heldOutRequests({
    features: join(work.handoff("features"), "features.parquet"),
    predictions: join(work.handoff("predictions"), "candidate.parquet"),
    temporary: join(work.path, "temporary"),
    signature: description?.signature ?? null,
    rowsPerRequest: latency?.atRowsPerRequest ?? 1,
  });
  context.out.progress("holding the server against the serving contract");
  const checks = await checkServing({
    target: await processTarget(server),
    requests,
    columns: namedInputs(description?.signature ?? null),
    pipeline: manifest.pipeline.name,
    latencyLimit: latency === null ? null : latency.atMostMillis / 1_000,
    grace: GRACE_SECONDS,
    memoryRequests: MEMORY_REQUESTS,
    startSeconds: START_SECONDS,
  });
  if (checks.some(({ result }) => result === "broken")) return { checks, measurement: null, tooBusy: null };
  try {
    return { checks, measurement: await measured(context, server, requests), tooBusy: null };
  } catch (error) {
    if (!(error instanceof RefusedError) || error.check !== "generator-too-slow") throw error;
    return { checks, measurement: null, tooBusy: error.message };
  }
}

async function measured(
  { manifest, out }: CommandContext,
  server: ServerCommand,
  requests: readonly ExampleRequest[],
): Promise<ServingMeasurement | null> {
  const { serving, gate } = manifest.policy;
  if (serving?.latency == null) return null;
  const limit = servingLimit(serving, { smoke: true });
  const process = await ServerProcess.start(server);
  try {
    await process.untilReady(START_SECONDS);
    const { latency } = serving;
    const { confidence } = gate;
    const load = promisedLoad({ url: process.url, requests, latency, limit, confidence, seconds: null });
    out.progress(`${load.rate} requests per second for ${load.seconds} s`);
    return await measureServing(load, limit, confidence);
  } finally {
    await process.stop();
  }
}
