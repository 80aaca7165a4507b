import * as fc from "fast-check";
import {
  calibrationWithinGroups,
  declaredMetric,
  demographicParityDifference,
  demographicParityRatio,
  equalOpportunityDifference,
  metric,
  QualityPolicy,
  type QualityPolicyProps,
  scoreAtLeast,
  topFraction,
} from "../../../lib";
import type { Finding, GateVerdict } from "../../../lib/verdict/gate-verdict";
import { judgeGate, type JudgeOptions } from "../../../lib/verdict/judge/judge-gate";
import { Random } from "../../../lib/verdict/resampling/random";
import { heldOut } from "../held-out";

const anchor = `sha256:${"a".repeat(64)}`;

function judge(props: QualityPolicyProps, rows: Parameters<typeof heldOut>[0], options?: JudgeOptions): GateVerdict {
  return judgeGate(new QualityPolicy({ bootstrap: { replicates: 400 }, ...props }).gate, heldOut(rows), options);
}

function onlyFinding(verdict: GateVerdict): Finding {
  expect(verdict.findings).toHaveLength(1);
  return verdict.findings[0]!;
}

/** Rows whose label follows the score, more or less closely. */
function scored(count: number, noise: number, seed = 1): { label: number[]; score: number[] } {
  const random = new Random(seed);
  const uniform = (): number => random.below(1e6) / 1e6;
  const label = Array.from({ length: count }, () => Number(uniform() < 0.3));
  const score = label.map((positive) => (1 - noise) * (0.25 + 0.5 * positive) + noise * uniform());
  return { label, score };
}

describe("absolute limits", () => {
  const rows = scored(400, 0.7);

  test("pass above and fail below, with interval and counts", () => {
    const low = onlyFinding(judge({ accuracy: [metric("auc").atLeast(0.6)] }, rows));
    expect(low).toMatchObject({ outcome: "passed", reason: null, rows: 400, measuredBy: "gate" });
    expect(low.interval!.lower).toBeLessThan(low.value!);
    expect(low.interval!.upper).toBeGreaterThan(low.value!);
    const high = onlyFinding(judge({ accuracy: [metric("auc").atLeast(0.999)] }, rows));
    expect(high.outcome).toBe("failed");
    expect(high.reason).toContain("is below 0.999");
  });

  test("on the confidence bound what lies across the limit is undecided", () => {
    const { value } = onlyFinding(judge({ accuracy: [metric("auc").atLeast(0.5)] }, rows));
    const at = (limit: number): string =>
      onlyFinding(judge({ accuracy: [metric("auc").atLeast(limit, { on: "confidenceBound" })] }, rows)).outcome;
    expect([at(value! - 0.2), at(value! - 0.001), at(0.999)]).toEqual(["passed", "undecided", "failed"]);
  });

  test.each([
    ["a missing score", { label: [0, 1, 1], score: [0.1, Number.NaN, 0.9] }, "finite score"],
    ["an infinite score", { label: [0, 1, 1], score: [0.1, Infinity, 0.9] }, "finite score"],
    ["a missing label", { label: [0, Number.NaN, 1], score: [0.1, 0.5, 0.9] }, "no label"],
    ["a label that is no class", { label: [0, 2, 1], score: [0.1, 0.5, 0.9] }, "neither 0 nor 1"],
    ["no rows", { label: [], score: [] }, "no held-out rows"],
  ])("%s fails everything", (_, rowsGiven, reason) => {
    const verdict = judge(
      {
        decision: topFraction(0.5),
        accuracy: [metric("auc").atLeast(0)],
        fairness: [demographicParityDifference({ group: "sex" }).atMost(1)],
      },
      rowsGiven,
    );
    expect(verdict.outcome).toBe("failed");
    expect(verdict.findings.map(({ outcome }) => outcome)).toEqual(["failed", "failed"]);
    expect(verdict.findings[0]!.reason).toContain(reason);
  });

  test("one class only cannot be measured, which fails", () => {
    const found = onlyFinding(judge({ accuracy: [metric("auc").atLeast(0)] }, { label: [1, 1], score: [0.2, 0.3] }));
    expect(found).toMatchObject({ outcome: "failed", value: null });
  });

  test("a log loss of scores that are no probabilities cannot be measured", () => {
    const found = onlyFinding(judge({ accuracy: [metric("logLoss").atMost(10)] }, { label: [0, 1], score: [-3, 4] }));
    expect(found).toMatchObject({ outcome: "failed", value: null });
  });

  test("a policy that judges nothing is undecided", () => {
    expect(judge({}, rows).outcome).toBe("undecided");
  });
});

describe("comparisons", () => {
  const candidate = scored(600, 0.6);
  const policy: QualityPolicyProps = { accuracy: [metric("auc").notWorseThanProduction({ margin: 0.01 })] };

  test("a model is never worse than itself", () => {
    const found = onlyFinding(judge(policy, { ...candidate, production: candidate.score }));
    expect(found).toMatchObject({ outcome: "passed", value: 0, smallestProvableMargin: 0 });
  });

  test("clearly worse fails, about equal is undecided with the smallest margin these rows can prove", () => {
    const random = new Random(7);
    const noise = candidate.score.map(() => random.below(1e6) / 1e6);
    const coin = { ...candidate, score: noise, production: candidate.score };
    expect(onlyFinding(judge(policy, coin)).outcome).toBe("failed");
    const shaken = candidate.score.map((score, row) => 0.7 * score + 0.3 * noise[row]!);
    const other = noise.map((value, row) => 0.7 * candidate.score[row]! + 0.3 * (1 - value));
    const found = onlyFinding(
      judge(
        { accuracy: [metric("auc").notWorseThanProduction({ margin: 0 })] },
        { ...candidate, score: shaken, production: other },
      ),
    );
    expect(found.outcome).toBe("undecided");
    expect(found.reason).toContain("smallest margin");
    const enough = found.smallestProvableMargin!;
    const proven = { accuracy: [metric("auc").notWorseThanProduction({ margin: enough })] };
    expect(onlyFinding(judge(proven, { ...candidate, score: shaken, production: other })).outcome).toBe("passed");
  });

  test("without a production model it passes only when it is known that there never was one", () => {
    expect(judge(policy, candidate).outcome).toBe("failed");
    expect(judge(policy, candidate, { firstModel: true }).outcome).toBe("passed");
  });

  test("a missing anchor fails, first model or not", () => {
    const anchored: QualityPolicyProps = { accuracy: [metric("auc").notWorseThan(anchor, { margin: 1 })] };
    expect(judge(anchored, candidate, { firstModel: true }).outcome).toBe("failed");
    expect(judge(anchored, { ...candidate, anchors: { [anchor]: candidate.score } }).outcome).toBe("passed");
  });
});

describe("slices", () => {
  const rows = scored(900, 0.6);
  const site = rows.label.map((_, row) => ["north", "south", "west"][row % 3]!);

  test("each value is judged, a small one is not assessable", () => {
    const few = site.map((value, row) => (row < 5 ? "island" : value));
    const verdict = judge(
      { accuracy: [metric("auc").perSlice("site").atLeast(0.6)] },
      { ...rows, columns: { site: few } },
    );
    const outcomes = Object.fromEntries(verdict.findings.map(({ slice, outcome }) => [slice!.value, outcome]));
    expect(outcomes).toEqual({ island: "undecided", north: "passed", south: "passed", west: "passed" });
    expect(verdict.outcome).toBe("undecided");
  });

  test("a bad slice fails by name", () => {
    const score = rows.score.map((value, row) => (site[row] === "west" ? 1 - value : value));
    const verdict = judge(
      { accuracy: [metric("auc").perSlice("site").atLeast(0.6)] },
      { ...rows, score, columns: { site } },
    );
    const failed = verdict.findings.filter(({ outcome }) => outcome === "failed");
    expect(failed.map(({ slice }) => slice)).toEqual([{ column: "site", value: "west" }]);
  });

  test.each([
    [45, "passed"],
    [46, "undecided"],
  ])("%d of 900 rows without a value: %s, and they are shown", (missing, outcome) => {
    const some = site.map((value, row) => (row < missing ? null : value));
    const verdict = judge(
      { accuracy: [metric("auc").perSlice("site").atLeast(0.6)] },
      { ...rows, columns: { site: some } },
    );
    const last = verdict.findings.at(-1)!;
    expect(last).toMatchObject({ slice: { value: "(missing)" }, rows: missing, outcome });
    expect(last.reason).toContain(`${missing} of 900 rows have no value of site`);
    expect(verdict.outcome).toBe(outcome);
  });

  test("an unknown column fails", () => {
    expect(judge({ accuracy: [metric("auc").perSlice("site").atLeast(0)] }, rows).outcome).toBe("failed");
  });
});

describe("fairness", () => {
  const rows = scored(800, 0.6);
  const sex = rows.label.map((_, row) => (row % 2 === 0 ? "f" : "m"));
  const parity = demographicParityDifference({ group: "sex" }).atMost(0.15);

  test("equal treatment passes, an advantage of one group fails, with the figures of both", () => {
    expect(judge({ decision: topFraction(0.3), fairness: [parity] }, { ...rows, columns: { sex } }).outcome).toBe(
      "passed",
    );
    const score = rows.score.map((value, row) => value + (sex[row] === "m" ? 1 : 0));
    const found = onlyFinding(
      judge({ decision: topFraction(0.3), fairness: [parity] }, { ...rows, score, columns: { sex } }),
    );
    expect(found.outcome).toBe("failed");
    expect(found.groups!.map(({ group, rows: n, selected }) => [group, n, selected])).toEqual([
      ["f", 400, 0],
      ["m", 400, 240],
    ]);
    const [none] = found.groups!;
    expect(none!.interval).toMatchObject({ lower: 0, method: "Wilson, 400 independent units" });
    expect(none!.interval!.upper).toBeGreaterThan(0);
  });

  test.each([
    [40, "passed", null],
    [41, "undecided", "41 of 800 rows have no value of sex"],
  ])("%d of 800 rows without a group: %s, and they are shown", (missing, outcome, reason) => {
    const some = sex.map((value, row) => (row < missing ? null : value));
    const fairness = [parity, calibrationWithinGroups({ group: "sex" }).atMost(0.5)];
    const { findings } = judge({ decision: topFraction(0.3), fairness }, { ...rows, columns: { sex: some } });
    for (const found of findings) {
      expect(found.outcome).toBe(outcome);
      expect(found.groups!.at(-1)).toMatchObject({ group: "(missing)", rows: missing, assessable: false });
      if (reason !== null) expect(found.reason).toContain(reason);
    }
  });

  test("rows without a group do not move the measure", () => {
    const some = sex.map((value, row) => (row < 20 ? null : value));
    const found = onlyFinding(
      judge({ decision: topFraction(0.3), fairness: [parity] }, { ...rows, columns: { sex: some } }),
    );
    const [f, m] = found.groups!;
    expect(found.value).toBeCloseTo(Math.abs(f!.selectionRate! - m!.selectionRate!), 12);
  });

  test("a small group is not assessable", () => {
    const other = sex.map((value, row) => (row < 4 ? "x" : value));
    const found = onlyFinding(
      judge({ decision: topFraction(0.3), fairness: [parity] }, { ...rows, columns: { sex: other } }),
    );
    expect(found.outcome).toBe("undecided");
    expect(found.reason).toContain("x (4 rows");
  });

  test("selecting nobody is no equal treatment", () => {
    const nobody = judge(
      { decision: scoreAtLeast(99), fairness: [parity, demographicParityRatio({ group: "sex" }).atLeast(0.1)] },
      { ...rows, columns: { sex } },
    );
    expect(nobody.findings.map(({ outcome }) => outcome)).toEqual(["undecided", "undecided"]);
  });

  test("selecting everybody, or leaving most places empty by ties, is none either", () => {
    const outcomeBy = (decision: QualityPolicyProps["decision"], score: number[]): string =>
      judge({ decision: decision!, fairness: [parity] }, { ...rows, score, columns: { sex } }).outcome;
    expect(outcomeBy(scoreAtLeast(-1), rows.score)).toBe("undecided");
    const coarse = rows.score.map((_, row) => (row < 10 ? 1 : 0));
    expect(outcomeBy(topFraction(0.3), coarse)).toBe("undecided");
  });

  test("rates of positives need enough positives", () => {
    const label = rows.label.map((value, row) => (sex[row] === "f" && row > 10 ? 0 : value));
    const found = onlyFinding(
      judge(
        { decision: topFraction(0.3), fairness: [equalOpportunityDifference({ group: "sex" }).atMost(1)] },
        { label, score: rows.score, columns: { sex } },
      ),
    );
    expect(found.outcome).toBe("undecided");
  });
});

describe("declared numbers", () => {
  const policy: QualityPolicyProps = { accuracy: [declaredMetric("val_loss").atMost(0.4)] };
  const rows = scored(10, 0.5);

  test.each<[Record<string, number>, string]>([
    [{ val_loss: 0.3 }, "passed"],
    [{ val_loss: 0.5 }, "failed"],
    [{ val_loss: Number.NaN }, "failed"],
    [{}, "failed"],
  ])("%p: %s", (declared, outcome) => {
    const found = onlyFinding(judge(policy, rows, { declared }));
    expect(found).toMatchObject({ outcome, measuredBy: "training" });
  });
});

test("the same seed gives the same verdict to the last digit, another seed another interval", () => {
  const rows = scored(300, 0.7);
  const verdict = (seed: number): GateVerdict =>
    judge({ accuracy: [metric("auc").atLeast(0.5)], bootstrap: { seed, replicates: 300 } }, rows);
  expect(verdict(3)).toEqual(verdict(3));
  expect(verdict(3).findings[0]!.interval).not.toEqual(verdict(4).findings[0]!.interval);
});

test("the order of rows never matters", () => {
  const rows = scored(120, 0.7);
  const site = rows.label.map((_, row) => ["c", "\u{1f6a2}", "\ufb00", null, "a"][row % 5]!);
  fc.assert(
    fc.property(fc.shuffledSubarray([...rows.label.keys()], { minLength: 120 }), (order) => {
      const shuffled = {
        label: order.map((row) => rows.label[row]!),
        score: order.map((row) => rows.score[row]!),
        cluster: order,
        columns: { site: order.map((row) => site[row]!) },
      };
      const policy: QualityPolicyProps = {
        decision: topFraction(0.25),
        accuracy: [
          metric("auc").atLeast(0.5),
          metric("precision").atLeast(0),
          metric("logLoss").perSlice("site").atMost(1),
        ],
        fairness: [demographicParityDifference({ group: "site" }).atMost(1)],
      };
      const verdict = judge(policy, shuffled);
      expect(verdict).toEqual(judge(policy, { ...rows, cluster: [...rows.label.keys()], columns: { site } }));
      const names = ["a", "c", "\ufb00", "\u{1f6a2}", "(missing)"];
      expect(verdict.findings.flatMap(({ slice }) => slice?.value ?? [])).toEqual(names);
      expect(verdict.findings.at(-1)!.groups!.map(({ group }) => group)).toEqual(names);
    }),
    { numRuns: 20 },
  );
});
