import { performance } from "node:perf_hooks";
import { InvalidInputError } from "../../../lib/blueprint/problems";
import type { Load } from "../../../lib/runtime/latency/load";
import { measureLatency } from "../../../lib/runtime/latency/measure-latency";
import { requirePunctual } from "../../../lib/runtime/latency/require-punctual";
import { latencyQuantile } from "../../../lib/verdict/latency/quantile-interval";
import { type Behaviour, DelayingServer } from "./delaying-server";

const sent = { payloads: ['{"inputs":[[1]]}', '{"inputs":[[2]]}'], arrivals: "constant", warmUpSeconds: 0 } as const;

/** Where the injected delays put a quantile. */
type Analytic = (quantile: number) => number;

const stalls = { kind: "stalls", millis: 50, every: 2_000, stallMillis: 1_000 } as const;

/** A request waits for the end of the stall that its answer would fall into; half of them do. */
const stalled: Analytic = (quantile) => (quantile <= 0.5 ? 50 : 1_050 - (1 - quantile) * 2_000);

describe("an open loop measures the delays of the server", () => {
  test.each<[string, Behaviour, Pick<Load, "rate" | "seconds">, Analytic]>([
    ["constant", { kind: "constant", millis: 400 }, { rate: 40, seconds: 5 }, () => 400],
    [
      "bimodal",
      { kind: "bimodal", millis: 200, slowMillis: 800, every: 14 },
      { rate: 42, seconds: 5 },
      (quantile) => (quantile > 1 - 1 / 14 ? 800 : 200),
    ],
    // A rate that has nothing in common with the stalls, for whole cycles of them.
    ["stalls", stalls, { rate: 37, seconds: 16 }, stalled],
  ])("%s", async (_, behaviour, load, analytic) => {
    await DelayingServer.with(behaviour, async (server) => {
      await server.forget();
      const sample = await measureLatency({ ...sent, ...load, url: server.url });
      expect(sample.failures).toEqual({});
      const [ours, theirs] = [sample.millis.slice().sort(), await server.record()];
      expect(theirs).toHaveLength(ours.length);
      // At one half the stalls' distribution jumps: a request more or less in a stall decides between 50 ms and much more.
      for (const quantile of [behaviour.kind === "stalls" ? 0.4 : 0.5, 0.9, 0.95, 0.99]) {
        const expected = analytic(quantile);
        // The machine may be busy: then the server answers later than it was told to, and its record says so.
        const busy = Math.max(0, latencyQuantile(theirs, quantile) - expected);
        const late = sample.generator.lateMillis.p99 + sample.generator.eventLoopMillis;
        const measured = latencyQuantile(ours, quantile);
        expect(measured).toBeGreaterThan(0.95 * expected);
        expect(measured).toBeLessThan(1.05 * expected + busy + late);
      }
    });
  });

  test("and hides no stall, where a closed loop on the same server hides it", async () => {
    await DelayingServer.with(stalls, async (server) => {
      const closed = await closedLoop(server.url, 60);
      const open = (await measureLatency({ ...sent, url: server.url, rate: 37, seconds: 8 })).millis.sort();
      expect(latencyQuantile(open, 0.9)).toBeGreaterThan(0.95 * stalled(0.9));
      expect(latencyQuantile(closed, 0.9)).toBeLessThan(0.5 * stalled(0.9));
    });
  });
});

/** The next request when the last was answered: during a stall there is only one to see it. */
async function closedLoop(url: URL, count: number): Promise<Float64Array> {
  const millis = new Float64Array(count);
  for (let index = 0; index < count; index++) {
    const start = performance.now();
    await (await fetch(url, { method: "POST", body: sent.payloads[0] })).text();
    millis[index] = performance.now() - start;
  }
  return millis.sort();
}

test("failed requests are counted by what happened, each slower than any limit", async () => {
  await DelayingServer.with({ kind: "failing", millis: 20 }, async (server) => {
    await server.forget();
    const sample = await measureLatency({ ...sent, url: server.url, rate: 70, seconds: 2, timeoutSeconds: 3 });
    expect(sample.failures).toEqual({ "status 503": 20, connection: 20, timeout: 20 });
    expect(sample.millis.filter((each) => each === Number.POSITIVE_INFINITY)).toHaveLength(60);
    expect(latencyQuantile(sample.millis.sort(), 0.6)).toBe(Number.POSITIVE_INFINITY);
  });
});

test("the warm-up is sent and not counted", async () => {
  await DelayingServer.with({ kind: "constant", millis: 20 }, async (server) => {
    await server.forget();
    const load = { ...sent, url: server.url, rate: 50, seconds: 2, warmUpSeconds: 1, arrivals: "poisson" } as const;
    expect((await measureLatency(load)).millis).toHaveLength(100);
    expect(await server.record()).toHaveLength(150);
  });
});

describe("a measurement is refused that says more of the generator than of the server:", () => {
  let server: DelayingServer;
  beforeAll(async () => {
    server = await DelayingServer.start({ kind: "constant", millis: 100 });
  });
  afterAll(async () => server.stop());

  test("its event loop is blocked", async () => {
    const block = setInterval(() => {
      for (const end = performance.now() + 60; performance.now() < end;);
    }, 100);
    const sample = await measureLatency({ ...sent, url: server.url, rate: 50, seconds: 2 }).finally(() => {
      clearInterval(block);
    });
    expect(() => {
      requirePunctual(sample, 150, 0.95);
    }).toThrow(expect.objectContaining({ check: "generator-too-slow" }) as Error);
  });

  test("its requests wait for a connection, and the wait shows", async () => {
    const sample = await measureLatency({ ...sent, url: server.url, rate: 20, seconds: 2, connections: 1 });
    expect(sample.generator.waitedForConnection).toBeGreaterThan(20);
    // One connection answers 10 of the 20 requests per second: the last waits about as long as the measurement.
    expect(Math.max(...sample.millis)).toBeGreaterThan(1_000);
    expect(() => {
      requirePunctual(sample, 100_000, 0.95);
    }).toThrow(expect.objectContaining({ check: "generator-too-slow" }) as Error);
  });

  test("and ends at once when it is broken off", async () => {
    const load = { ...sent, url: server.url, rate: 50, seconds: 3_600 };
    const stop = new AbortController();
    const measuring = measureLatency(load, stop.signal);
    stop.abort(new Error("enough"));
    await expect(measuring).rejects.toThrow("enough");
  });
});

test("a load that cannot be sent is refused with everything that is wrong", async () => {
  const load = { url: new URL("ftp://nobody"), payloads: [], rate: 0, seconds: -1, connections: 0, seed: 0.5 };
  const refusal = await measureLatency(load).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(InvalidInputError);
  expect((refusal as InvalidInputError).problems.map(({ path }) => path)).toEqual([
    "url",
    "payloads",
    "rate",
    "seconds",
    "connections",
    "seed",
  ]);
});
