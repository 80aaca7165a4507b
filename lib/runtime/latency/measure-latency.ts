import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { InvalidInputError } from "../../blueprint/problems";
import type { GeneratorLateness, LatencySample } from "../../verdict/latency/latency-sample";
import { latencyQuantile } from "../../verdict/latency/quantile-interval";
import { Random } from "../../verdict/resampling/random";
import { arrivalTimes, shuffled } from "./arrivals";
import { loadProblems } from "./load-problems";
import { type Load, resolveLoad, type ResolvedLoad } from "./load";
import { pace } from "./pacer";
import { type Failure, PredictionClient } from "./prediction-client";

/** Milliseconds between two looks of the monitor at the event loop. */
const monitorMillis = 5;

/**
 * Puts a server under a load and measures every answer from the moment its request was meant to be sent (an open loop): when
 * the server pauses, the requests of that time are sent all the same, and the pause shows in each of them. Requests that fail
 * count as slower than anything.
 *
 * @param signal - ends the measurement early, with the signal's reason as error
 * @throws InvalidInputError naming everything by which the load cannot be sent
 */
export async function measureLatency(
  load: Load,
  signal: AbortSignal = new AbortController().signal,
): Promise<LatencySample> {
  const resolved = resolveLoad(load);
  const problems = loadProblems(resolved);
  if (problems.length > 0) throw new InvalidInputError("load", problems);
  const client = new PredictionClient(resolved);
  const eventLoop = monitorEventLoopDelay({ resolution: monitorMillis });
  const stop = (): void => {
    client.close();
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await measured(resolved, client, eventLoop, signal);
  } finally {
    signal.removeEventListener("abort", stop);
    eventLoop.disable();
    client.close();
  }
}

async function measured(
  load: ResolvedLoad,
  client: PredictionClient,
  eventLoop: ReturnType<typeof monitorEventLoopDelay>,
  signal: AbortSignal,
): Promise<LatencySample> {
  const { rate, seconds, warmUpSeconds, arrivals, seed, timeoutSeconds } = load;
  const random = new Random(seed);
  const bodies = shuffled(load.payloads, random).map((body) => Buffer.from(body));
  const warmUp = arrivalTimes(rate, warmUpSeconds, arrivals, random);
  const times = arrivalTimes(rate, seconds, arrivals, random);
  const send = (index: number, intended: number, done: (millis: number, failure: Failure) => void): void => {
    const deadline = intended + timeoutSeconds * 1_000;
    client.send(bodies[index % bodies.length]!, Math.max(0, deadline - performance.now()), (failure) => {
      done(performance.now() - intended, failure);
    });
  };

  const start = performance.now();
  await pace(
    warmUp,
    start,
    (index, intended) => {
      send(index, intended, () => undefined);
    },
    signal,
  );

  const counted = new Counted(times.length);
  const waitedBefore = client.waitedForConnection;
  const countedStart = start + warmUpSeconds * 1_000;
  eventLoop.enable();
  await pace(
    times,
    countedStart,
    (index, intended) => {
      counted.late[index] = performance.now() - intended;
      send(warmUp.length + index, intended, (millis, failure) => {
        counted.count(index, millis, failure);
      });
    },
    signal,
  );
  const sentSeconds = Math.max(seconds, (performance.now() - countedStart) / 1_000);
  await counted.complete;
  signal.throwIfAborted();
  const waited = client.waitedForConnection - waitedBefore;
  return {
    millis: counted.millis,
    failures: Object.fromEntries([...counted.failures].sort(([a], [b]) => (a < b ? -1 : 1))),
    rateAsked: rate,
    rateAchieved: times.length / sentSeconds,
    seconds,
    generator: lateness(counted.late, eventLoop.percentile(99), waited),
  };
}

/** The counted requests, by the order in which they are meant to be sent. */
class Counted {
  public readonly millis: Float64Array;
  public readonly late: Float64Array;
  public readonly failures = new Map<string, number>();
  /** Settles when every request has ended. */
  public readonly complete: Promise<void>;
  private left: number;
  private allEnded: () => void = () => undefined;

  public constructor(count: number) {
    this.millis = new Float64Array(count);
    this.late = new Float64Array(count);
    this.left = count;
    this.complete = new Promise((resolve) => {
      this.allEnded = resolve;
    });
  }

  public count(index: number, millis: number, failure: Failure): void {
    this.millis[index] = failure === null ? millis : Number.POSITIVE_INFINITY;
    if (failure !== null) this.failures.set(failure, (this.failures.get(failure) ?? 0) + 1);
    this.left -= 1;
    if (this.left === 0) this.allEnded();
  }
}

function lateness(late: Float64Array, eventLoopNanos: number, waitedForConnection: number): GeneratorLateness {
  const sorted = late.slice().sort();
  return {
    lateMillis: {
      p50: latencyQuantile(sorted, 0.5),
      p99: latencyQuantile(sorted, 0.99),
      p999: latencyQuantile(sorted, 0.999),
      max: sorted[sorted.length - 1]!,
    },
    // The monitor's own interval is part of what it counts.
    eventLoopMillis: Math.max(0, eventLoopNanos / 1e6 - monitorMillis),
    waitedForConnection,
  };
}
