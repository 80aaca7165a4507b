import * as fc from "fast-check";
import { canonicalText } from "../../../lib/blueprint/manifest/canonical-text";
import {
  calibrationWithinGroups,
  declaredMetric,
  demographicParityDifference,
  demographicParityRatio,
  Duration,
  InvalidInputError,
  metric,
  QualityPolicy,
  type QualityPolicyProps,
  scoreAtLeast,
  type ServingLimits,
  topFraction,
} from "../../../lib";

const usual: QualityPolicyProps = {
  decision: topFraction(0.1),
  accuracy: [metric("auc").atLeast(0.7), metric("auc").notWorseThanProduction({ margin: 0.01 })],
  fairness: [demographicParityDifference({ group: "female" }).atMost(0.1)],
  serving: {
    errorRate: 0.01,
    latency: { quantile: 0.95, atMost: Duration.millis(150), at: { requestsPerSecond: 20 } },
  },
  drift: { populationStabilityIndex: 0.2 },
};

/** The paths a refused policy names. */
function refusedAt(props: QualityPolicyProps): string[] {
  try {
    new QualityPolicy(props);
  } catch (error) {
    if (error instanceof InvalidInputError) return error.problems.map((problem) => problem.path);
    throw error;
  }
  return [];
}

/** A policy of nothing but a latency, 150 ms at the 95th percentile unless said otherwise. */
function latencyLimit(different: Partial<NonNullable<ServingLimits["latency"]>>): QualityPolicyProps {
  const usualLimit = { quantile: 0.95, atMost: Duration.millis(150), at: { requestsPerSecond: 20 } };
  return { serving: { errorRate: 0.01, latency: { ...usualLimit, ...different } } };
}

describe("a policy", () => {
  test("resolves every default once, in a document that survives JSON", () => {
    const document = new QualityPolicy(usual).toDocument();
    expect(document.gate).toMatchObject({
      confidence: 0.95,
      minimumGroup: { rows: 50, positives: 10 },
      bootstrap: { replicates: 2000, seed: 1 },
      evidenceMaxAgeHours: 168,
    });
    expect(document.serving).toEqual({
      errorRate: 0.01,
      latency: {
        quantile: 0.95,
        atMostMillis: 150,
        smokeAtMostMillis: 450,
        atRequestsPerSecond: 20,
        atRowsPerRequest: 1,
      },
    });
    const again = QualityPolicy.fromDocument(JSON.parse(JSON.stringify(document)) as typeof document);
    expect(canonicalText(again.toDocument())).toBe(canonicalText(document));
  });

  test("says where a latency limit differs from the usual one", () => {
    const props = latencyLimit({
      at: { requestsPerSecond: 5, rowsPerRequest: 100 },
      smokeAtMost: Duration.millis(200),
    });
    expect(new QualityPolicy(props).toDocument().serving?.latency).toMatchObject({
      smokeAtMostMillis: 200,
      atRequestsPerSecond: 5,
      atRowsPerRequest: 100,
    });
  });

  test("a changed drift limit leaves the gate's digest alone", () => {
    const before = new QualityPolicy(usual);
    const after = new QualityPolicy({ ...usual, drift: { populationStabilityIndex: 0.25 } });
    expect(after.digest("gate")).toBe(before.digest("gate"));
    expect(after.digest("drift")).not.toBe(before.digest("drift"));
  });

  test("any change of a gate limit changes the gate's digest", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (one, other) => {
          const digest = (limit: number): string =>
            new QualityPolicy({ accuracy: [metric("auc").atLeast(limit)] }).digest("gate");
          expect(digest(one) === digest(other)).toBe(one === other);
        },
      ),
    );
  });
});

describe("a wrong policy is refused, all at once", () => {
  test.each<[string, QualityPolicyProps, string[]]>([
    [
      "fairness without a decision",
      { fairness: [demographicParityRatio({ group: "female" }).atLeast(0.8)] },
      ["fairness[0]"],
    ],
    [
      "calibration without a decision",
      { fairness: [calibrationWithinGroups({ group: "female" }).atMost(0.1)] },
      ["fairness[0]"],
    ],
    ["a metric of decisions without one", { accuracy: [metric("recall").atLeast(0.5)] }, ["accuracy[0].metric"]],
    ["NaN as a limit", { accuracy: [metric("auc").atLeast(Number.NaN)] }, ["accuracy[0].limit"]],
    ["infinity as a limit", { accuracy: [metric("rmse").atMost(Infinity)] }, ["accuracy[0].limit"]],
    ["a percentage", { accuracy: [metric("auc").atLeast(70)] }, ["accuracy[0].limit"]],
    ["a loss that must be large", { accuracy: [metric("logLoss").atLeast(0.2)] }, ["accuracy[0].comparison"]],
    [
      "a negative margin",
      { accuracy: [metric("auc").notWorseThanProduction({ margin: -0.01 })] },
      ["accuracy[0].margin"],
    ],
    [
      "an anchor that is no digest",
      { accuracy: [metric("auc").notWorseThan("v3", { margin: 0 })] },
      ["accuracy[0].anchor"],
    ],
    ["the same limit twice", { accuracy: [metric("auc").atLeast(0.7), metric("auc").atLeast(0.8)] }, ["accuracy[1]"]],
    [
      "classification and regression together",
      { accuracy: [metric("auc").atLeast(0.7), metric("rmse").atMost(3)] },
      ["accuracy[1].metric"],
    ],
    ["a metric that does not exist", { accuracy: [metric("gini" as "auc").atLeast(0.4)] }, ["accuracy[0].metric"]],
    ["an empty declared metric", { accuracy: [declaredMetric(" ").atMost(1)] }, ["accuracy[0].metric"]],
    ["a decision that selects everyone", { decision: topFraction(1) }, ["decision.fraction"]],
    ["a decision on NaN", { decision: scoreAtLeast(Number.NaN) }, ["decision.score"]],
    ["a confidence of 95", { confidence: 95 }, ["confidence"]],
    ["too few resamples", { bootstrap: { replicates: 10 } }, ["bootstrap.replicates"]],
    [
      "too few resamples for the confidence",
      { confidence: 0.99, bootstrap: { replicates: 900 } },
      ["bootstrap.replicates"],
    ],
    [
      "declared limits that no number meets",
      { accuracy: [declaredMetric("loss").atMost(0.3), declaredMetric("loss").atLeast(0.4)] },
      ["accuracy[1].limit"],
    ],
    ["no minimum group", { minimumGroup: { rows: 0 } }, ["minimumGroup.rows"]],
    ["drift without a limit", { drift: {} }, ["drift"]],
    ["an error rate in percent", { serving: { errorRate: 1 } }, ["serving.errorRate"]],
    [
      "a smoke limit below the limit itself",
      latencyLimit({ smokeAtMost: Duration.millis(149) }),
      ["serving.latency.smokeAtMost"],
    ],
    [
      "half a row in each request",
      latencyLimit({ at: { requestsPerSecond: 20, rowsPerRequest: 0.5 } }),
      ["serving.latency.at.rowsPerRequest"],
    ],
    [
      "a latency that nothing can keep, at no load",
      latencyLimit({ quantile: 1, atMost: Duration.millis(0), at: { requestsPerSecond: 0 } }),
      ["serving.latency.quantile", "serving.latency.atMost", "serving.latency.at.requestsPerSecond"],
    ],
    [
      "several mistakes",
      {
        confidence: 1,
        accuracy: [metric("auc").atLeast(2)],
        fairness: [demographicParityDifference({ group: "" }).atMost(3)],
      },
      ["confidence", "accuracy[0].limit", "fairness[0]", "fairness[0].group", "fairness[0].limit"],
    ],
  ])("%s", (_, props, paths) => {
    expect(refusedAt(props)).toEqual(paths);
  });

  test("every message says value and remedy", () => {
    expect(() => new QualityPolicy({ accuracy: [metric("auc").atLeast(70)] })).toThrow(
      "QualityPolicy: 1 problem\n  - accuracy[0].limit: 70 is outside what auc can be. Give a number from 0 to 1.",
    );
  });

  test("no limit that is not a number ever makes a policy", () => {
    const notFinite = fc.constantFrom(Number.NaN, Infinity, -Infinity);
    fc.assert(
      fc.property(notFinite, fc.constantFrom("auc" as const, "brierScore" as const, "r2" as const), (limit, name) => {
        const threshold = name === "brierScore" ? metric(name).atMost(limit) : metric(name).atLeast(limit);
        expect(refusedAt({ accuracy: [threshold] })).toEqual(["accuracy[0].limit"]);
      }),
    );
  });
});
