/**
 * How often the gate's 95 % intervals hold the true value, where five rows of a person resemble each other; against a
 * bootstrap that takes rows for independent, on the same samples.
 *
 *   npx tsx bench/interval-coverage.bench.ts [samples]
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DecisionRule } from "../lib/blueprint/policy/policy-document";
import { selectionMeasures } from "../lib/verdict/fairness/fairness-measures";
import { countGroups } from "../lib/verdict/fairness/group-counts";
import { auc } from "../lib/verdict/measures/ranking-metrics";
import { rankRows } from "../lib/verdict/measures/ranked-rows";
import { selectionBy } from "../lib/verdict/measures/selection";
import { clusterBootstrap, type Figures } from "../lib/verdict/resampling/cluster-bootstrap";
import { percentileInterval } from "../lib/verdict/resampling/percentile-interval";
import { Random } from "../lib/verdict/resampling/random";

const confidence = 0.95;
const rowsOfAPerson = 5;
const decision: DecisionRule = { kind: "topFraction", fraction: 0.2 };
const names = ["AUC", "loss of AUC against production", "demographic parity difference"];

interface Sample {
  readonly label: Float64Array;
  readonly score: Float64Array;
  readonly production: Float64Array;
  readonly group: Int32Array;
}

/** Label and scores share what is lasting in a person; group 1 scores a little higher. */
function draw(persons: number, random: Random): Sample {
  const uniform = (): number => (random.below(2 ** 32) + 0.5) / 2 ** 32;
  const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const count = persons * rowsOfAPerson;
  const sample = {
    label: new Float64Array(count),
    score: new Float64Array(count),
    production: new Float64Array(count),
    group: new Int32Array(count),
  };
  for (let person = 0; person < persons; person++) {
    const group = person % 2;
    const [risk, seen, seenBefore] = [normal(), normal(), normal()];
    for (let row = person * rowsOfAPerson; row < (person + 1) * rowsOfAPerson; row++) {
      sample.group[row] = group;
      sample.label[row] = Number(1.5 * risk + normal() > 1);
      sample.score[row] = risk + seen + 0.3 * normal() + 0.4 * group;
      sample.production[row] = risk + seenBefore + 0.3 * normal();
    }
  }
  return sample;
}

function figuresOf({ label, score, production, group }: Sample, cluster: Int32Array): Figures {
  const ranked = rankRows({ label, cluster }, score);
  const candidateAuc = auc(ranked);
  const productionAuc = auc(rankRows({ label, cluster }, production));
  const groups = countGroups(ranked, selectionBy(decision, ranked), group, 2);
  return (counts) => {
    const value = candidateAuc(counts);
    return [value, productionAuc(counts) - value, selectionMeasures.demographicParityDifference(groups(counts))];
  };
}

function clustersOf(count: number, rowsOfACluster: number): Int32Array {
  return Int32Array.from({ length: count }, (_, row) => Math.floor(row / rowsOfACluster));
}

/** The figures of so many persons that nothing is left to chance. */
function truth(): readonly number[] {
  const everybody = draw(400_000, new Random(99));
  const cluster = clustersOf(everybody.label.length, everybody.label.length);
  return figuresOf(everybody, cluster)(Uint32Array.of(1));
}

function covered(sample: Sample, rowsOfACluster: number, seed: number, known: readonly number[]): boolean[] {
  const cluster = clustersOf(sample.label.length, rowsOfACluster);
  const clusters = sample.label.length / rowsOfACluster;
  return clusterBootstrap(figuresOf(sample, cluster), clusters, { replicates: 600, seed }).map(
    ({ replicates }, index) => {
      const interval = percentileInterval(replicates, confidence);
      return interval !== null && interval.lower <= known[index]! && known[index]! <= interval.upper;
    },
  );
}

function main(samples: number): void {
  const known = truth();
  const lines = [60, 200, 600].flatMap((persons) => {
    const byPerson = names.map(() => 0);
    const byRow = names.map(() => 0);
    for (let seed = 1; seed <= samples; seed++) {
      const sample = draw(persons, new Random(persons * 1_000_000 + seed));
      covered(sample, rowsOfAPerson, seed, known).forEach((holds, index) => (byPerson[index]! += Number(holds)));
      covered(sample, 1, seed, known).forEach((holds, index) => (byRow[index]! += Number(holds)));
    }
    const share = (count: number): string => `${((100 * count) / samples).toFixed(1)} %`;
    return names.map(
      (name, index) => `| ${persons} | ${name} | ${share(byPerson[index]!)} | ${share(byRow[index]!)} |`,
    );
  });
  const noise = (100 * 1.96 * Math.sqrt(confidence * (1 - confidence))) / Math.sqrt(samples);
  const table = [
    "# How often intervals of 95 % hold the true value",
    "",
    `${samples} samples of each size, ${rowsOfAPerson} rows of a person; a share of 95 % comes out within ${noise.toFixed(1)} points of it.`,
    "True values: " + names.map((name, index) => `${name} ${known[index]!.toFixed(4)}`).join(", ") + ".",
    "",
    "| persons | figure | Slipway: clusters drawn | rows drawn one by one |",
    "| ---: | --- | ---: | ---: |",
    ...lines,
    "",
  ].join("\n");
  console.log(table);
  mkdirSync(join(__dirname, "results"), { recursive: true });
  writeFileSync(join(__dirname, "results", "interval-coverage.md"), table);
}

main(Number(process.argv[2] ?? 400));
