/**
 * How often the 95 % intervals of a latency quantile hold the true value, where slow requests come together; against intervals
 * that take requests for independent, on the same samples.
 *
 *   npx tsx bench/latency-interval-coverage.bench.ts [samples]
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { latencyFigures } from "../lib/verdict/latency/latency-figures";
import { latencyQuantile, quantileInterval } from "../lib/verdict/latency/quantile-interval";
import { Random } from "../lib/verdict/resampling/random";
import { sampleOf } from "../test/verdict/latency/a-latency-sample";
import { autoregressive, bursts, independent, type Process } from "../test/verdict/latency/simulated-latencies";

const confidence = 0.95;
const quantiles = [0.9, 0.95, 0.99];
const sizes = [600, 2400];

const processes: readonly (readonly [string, Process])[] = [
  ["independent", independent],
  ["autoregressive 0.5", autoregressive(0.5)],
  ["autoregressive 0.9", autoregressive(0.9)],
  ["autoregressive 0.98", autoregressive(0.98)],
  ["a pause of 4 every 40 requests", bursts(40, 4)],
  ["a pause of 16 every 160 requests", bursts(160, 16)],
];

interface Tally {
  ours: number;
  asIndependent: number;
  /** Intervals without an upper end: they can decide that a limit is broken, never that it is kept. */
  open: number;
  designEffect: number;
}

function tally(process: Process, count: number, samples: number): readonly string[] {
  const truth = process(2_000_000, new Random(7)).sort();
  const tallies = quantiles.map((): Tally => ({ ours: 0, asIndependent: 0, open: 0, designEffect: 0 }));
  for (let seed = 1; seed <= samples; seed++) {
    const millis = process(count, new Random(seed));
    const figures = latencyFigures(sampleOf(millis), { confidence });
    const sorted = millis.slice().sort();
    quantiles.forEach((quantile, index) => {
      const known = latencyQuantile(truth, quantile);
      const holds = (lower: number, upper: number): number => Number(lower <= known && known <= upper);
      const figure = figures.quantiles.find((each) => each.quantile === quantile)!;
      const naive = quantileInterval(sorted, quantile, count, confidence);
      const each = tallies[index]!;
      each.ours += holds(figure.lowerMillis!, figure.upperMillis ?? Infinity);
      each.asIndependent += holds(naive.lower, naive.upper);
      each.open += Number(figure.upperMillis === null);
      each.designEffect += figure.designEffect;
    });
  }
  const share = (part: number): string => `${((100 * part) / samples).toFixed(1)} %`;
  return tallies.map(
    ({ ours, asIndependent, open, designEffect }, index) =>
      `${quantiles[index]!} | ${share(ours)} | ${share(asIndependent)} | ${share(open)} | ${(designEffect / samples).toFixed(1)} |`,
  );
}

function main(samples: number): void {
  const lines = processes.flatMap(([name, process]) =>
    sizes.flatMap((count) => tally(process, count, samples).map((cells) => `| ${name} | ${count} | ${cells}`)),
  );
  const noise = (100 * 1.96 * Math.sqrt(confidence * (1 - confidence))) / Math.sqrt(samples);
  const table = [
    "# How often intervals of 95 % hold the true quantile of a latency",
    "",
    `${samples} measurements of each kind and size; a share of 95 % comes out within ${noise.toFixed(1)} points of it.`,
    "Autoregressive: each request resembles the one before it by so much (lag-one correlation of log-normal latencies). Pauses",
    "have exponential lengths and distances, in units of requests. Without upper end: no limit can pass, too little is known.",
    "",
    "| latencies | requests | quantile | Slipway | requests taken for independent | without upper end | mean design effect |",
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ...lines,
    "",
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} x ${cpus()[0]!.model.trim()}, Node.js ${process.version}. The draws are seeded: the figures do not depend on the machine.`,
    "",
  ].join("\n");
  console.log(table);
  mkdirSync(join(__dirname, "results"), { recursive: true });
  writeFileSync(join(__dirname, "results", "latency-interval-coverage.md"), table);
}

main(Number(process.argv[2] ?? 400));
