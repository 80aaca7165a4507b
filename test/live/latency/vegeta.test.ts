import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { measureLatency } from "../../../lib/runtime/latency/measure-latency";
import { latencyQuantile } from "../../../lib/verdict/latency/quantile-interval";
import { type Behaviour, DelayingServer } from "../../runtime/latency/delaying-server";
import { temporaryFolder } from "../../runtime/temporary-folder";
import { describeWith, goTool } from "../../tools";

const body = '{"inputs":[[1]]}';
const quantiles = { "50th": 0.5, "90th": 0.9, "95th": 0.95, "99th": 0.99 } as const;

interface VegetaReport {
  /** Nanoseconds. */
  readonly latencies: Readonly<Record<keyof typeof quantiles, number>>;
  readonly requests: number;
  readonly success: number;
}

describeWith(
  () => goTool("vegeta"),
  "latency against vegeta, an open-loop load tool written by others",
  (vegeta) => {
    const folder = temporaryFolder();

    /** Attacks at a constant rate; vegeta adds workers, and connections, as it needs them. */
    function attack(url: URL, rate: number, seconds: number): VegetaReport {
      const [bodyFile, results] = [join(folder, "body.json"), join(folder, "results.bin")];
      writeFileSync(bodyFile, body);
      const run = (args: readonly string[], input: string): string => {
        const { status, stdout, stderr } = spawnSync(vegeta, args, { input, encoding: "utf8" });
        if (status !== 0) throw new Error(`vegeta ${args[0]!} ended with ${String(status)}:\n${stderr}`);
        return stdout;
      };
      const load = [`-rate=${rate}/1s`, `-duration=${seconds}s`, `-body=${bodyFile}`, `-output=${results}`];
      run(["attack", ...load], `POST ${url.href}\n`);
      return JSON.parse(run(["report", "-type=json", results], "")) as VegetaReport;
    }

    test.each<[string, Behaviour, number, number]>([
      ["constant", { kind: "constant", millis: 800 }, 40, 10],
      ["bimodal", { kind: "bimodal", millis: 600, slowMillis: 2_400, every: 14 }, 42, 10],
      ["stalls", { kind: "stalls", millis: 50, every: 4_000, stallMillis: 2_000 }, 37, 20],
    ])("both measure the same of %s delays", async (kind, behaviour, rate, seconds) => {
      await DelayingServer.with(behaviour, async (server) => {
        const { url } = server;
        // Programs that start, and code that is compiled, are no delay of the server's.
        attack(url, rate, 1);
        await server.forget();
        const theirs = attack(url, rate, seconds);
        const theirRecord = await server.record();
        expect(theirs).toMatchObject({ requests: rate * seconds, success: 1 });
        await server.forget();
        const load = { url, payloads: [body], rate, seconds, arrivals: "constant", warmUpSeconds: 0 } as const;
        const { millis, failures, generator } = await measureLatency(load);
        const ourRecord = await server.record();
        expect(failures).toEqual({});
        const ours = millis.sort();
        const table = Object.entries(quantiles).map(([name, quantile]) => ({
          name,
          slipway: latencyQuantile(ours, quantile),
          vegeta: theirs.latencies[name as keyof typeof quantiles] / 1e6,
          // On a busy machine the server itself is late, and not as late to both: its records say how late.
          serverToSlipway: latencyQuantile(ourRecord, quantile),
          serverToVegeta: latencyQuantile(theirRecord, quantile),
        }));
        process.stdout.write(`${kind} delays, milliseconds:\n${JSON.stringify({ table, generator }, null, 1)}\n`);
        // What our generator says of itself; a millisecond or two where it has a core to itself.
        const late = generator.lateMillis.p99 + generator.eventLoopMillis;
        for (const { name, slipway, vegeta, serverToSlipway, serverToVegeta } of table) {
          // Half of the requests fall into a stall: the median is where both halves meet, and its rounding decides.
          if (kind === "stalls" && name === "50th") continue;
          const expected = (vegeta * serverToSlipway) / serverToVegeta;
          expect(Math.abs(slipway - expected)).toBeLessThan(0.05 * expected + late);
        }
      });
    });
  },
);
