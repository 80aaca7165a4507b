import { join } from "node:path";
import { ServingPath } from "../../blueprint/serving/serving-contract";
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
import { heldOutRequests } from "./held-out-requests";
import { secondsFor } from "./load";
import { measureServing, type ServingMeasurement } from "./measure-serving";

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
  const inputs = description?.signature?.inputs ?? [];
  context.out.progress("holding the server against the serving contract");
  const checks = await checkServing({
    target: await processTarget(server),
    requests,
    columns: inputs.flatMap(({ name, type, required }) => (name === null ? [] : [{ name, type, required }])),
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
  const rate = serving.latency.atRequestsPerSecond;
  const limit = servingLimit(serving, { smoke: true });
  const seconds = secondsFor(rate, limit, gate.confidence);
  const process = await ServerProcess.start(server);
  try {
    await process.untilReady(START_SECONDS);
    out.progress(`${rate} requests per second for ${seconds} s`);
    const url = new URL(process.url + ServingPath.predict);
    const timeoutSeconds = Math.max(10, (4 * limit.latency!.atMostMillis) / 1_000);
    return await measureServing(
      { url, payloads: requests.map(({ body }) => body), rate, seconds, timeoutSeconds },
      limit,
      gate.confidence,
    );
  } finally {
    await process.stop();
  }
}
