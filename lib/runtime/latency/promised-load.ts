import { ServingPath } from "../../blueprint/serving/serving-contract";
import type { ServingPolicy } from "../../blueprint/policy/policy-document";
import type { ServingLimit } from "../../verdict/latency/judge-latency";
import type { ExampleRequest } from "../serving/example-request";
import { type Load, secondsFor } from "./load";

/** A server under the load that a policy promises its latency for. */
export interface PromisedLoad {
  /** Of the server, without a slash at the end. */
  readonly url: string;
  readonly requests: readonly ExampleRequest[];
  readonly latency: NonNullable<ServingPolicy["latency"]>;
  readonly limit: ServingLimit;
  /** Two-sided level of every interval. */
  readonly confidence: number;
  /** Length of the measurement; `null`: what the limits need. */
  readonly seconds: number | null;
}

/** That load, ready to be sent. A limit longer than the usual patience must be possible to break without a failure. */
export function promisedLoad({ url, requests, latency, limit, confidence, seconds }: PromisedLoad): Load {
  const rate = latency.atRequestsPerSecond;
  return {
    url: new URL(url + ServingPath.predict),
    payloads: requests.map(({ body }) => body),
    rate,
    seconds: seconds ?? secondsFor(rate, limit, confidence),
    timeoutSeconds: Math.max(10, (4 * (limit.latency ?? latency).atMostMillis) / 1_000),
  };
}
