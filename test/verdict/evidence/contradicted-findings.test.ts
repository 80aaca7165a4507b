import * as fc from "fast-check";
import {
  calibrationWithinGroups,
  demographicParityDifference,
  equalizedOddsRatio,
  metric,
  QualityPolicy,
  scoreAtLeast,
  topFraction,
} from "../../../lib";
import { contradictedFindings } from "../../../lib/verdict/evidence/contradicted-findings";
import type { GateMeasures } from "../../../lib/verdict/evidence/gate-measures";
import type { Finding } from "../../../lib/verdict/gate-verdict";
import { judgeGate } from "../../../lib/verdict/judge/judge-gate";
import { heldOut } from "../held-out";

const limit = fc.double({ min: 0.05, max: 0.95, noNaN: true });
const on = fc.constantFrom("estimate" as const, "confidenceBound" as const);
const group = "sex";

/** Policies with every kind of limit, easy and hard. */
const policies = fc.tuple(limit, limit, limit, on, fc.boolean()).map(
  ([one, other, margin, held, ranked]) =>
    new QualityPolicy({
      decision: ranked ? topFraction(one) : scoreAtLeast(one),
      accuracy: [
        metric("auc").atLeast(other, { on: held }),
        metric("brierScore").atMost(one, { on: held }),
        metric("recall").atLeast(margin),
        metric("auc").perSlice(group).atLeast(one, { on: held }),
        metric("auc").notWorseThanProduction({ margin: margin / 4 }),
      ],
      fairness: [
        demographicParityDifference({ group }).atMost(other, { on: held }),
        equalizedOddsRatio({ group }).atLeast(one, { on: held }),
        calibrationWithinGroups({ group }).atMost(margin, { on: held }),
      ],
      minimumGroup: { rows: 5, positives: 1 },
      bootstrap: { replicates: 200 },
    }),
);

const row = fc.record({
  label: fc.constantFrom(0, 1),
  noise: fc.integer({ min: 0, max: 16 }),
  production: fc.integer({ min: 0, max: 16 }),
  sex: fc.oneof({ weight: 30, arbitrary: fc.constantFrom("f", "m") }, fc.constant(null)),
});
const heldOutRows = fc.tuple(fc.array(row, { minLength: 20, maxLength: 60 }), fc.boolean()).map(([rows, first]) =>
  heldOut({
    label: rows.map(({ label }) => label),
    score: rows.map(({ label, noise }) => 0.6 * label + 0.4 * (noise / 16)),
    ...(first ? {} : { production: rows.map(({ production }) => production / 16) }),
    columns: { [group]: rows.map(({ sex }) => sex) },
  }),
);

function measuresOf(findings: readonly Finding[], production: string, rows: number): GateMeasures {
  const verdict = { outcome: "passed", findings, rows, clusters: rows } as const;
  return { verdict, comparedWith: { production, anchors: [] } } as unknown as GateMeasures;
}

test("what the gate itself says is never contradicted, even after a journey as JSON; what is changed in it always is", () => {
  let passed = 0;
  fc.assert(
    fc.property(policies, heldOutRows, (policy, rows) => {
      const firstModel = rows.productionScore === null;
      const { findings } = judgeGate(policy.gate, rows, { firstModel });
      const production = firstModel ? "none" : `sha256:${"a".repeat(64)}`;
      const read = JSON.parse(JSON.stringify(measuresOf(findings, production, rows.count))) as GateMeasures;
      expect(contradictedFindings(read, policy.gate)).toEqual([]);
      for (const finding of findings) {
        if (finding.outcome === "passed") passed += 1;
        else
          expect(
            contradictedFindings(measuresOf([claimPassed(finding)], production, rows.count), policy.gate),
          ).toHaveLength(1);
      }
    }),
    { numRuns: 60 },
  );
  expect(passed).toBeGreaterThan(50);
});

/** A finding that did not pass, with nothing changed but what it says; slices keep what Holm alone held against them. */
function claimPassed(finding: Finding): Finding {
  const ownFigures = finding.slice === null ? {} : { value: null };
  return { ...finding, ...ownFigures, outcome: "passed" };
}

test("a comparison with a production model is not passed for want of one", () => {
  const policy = new QualityPolicy({ accuracy: [metric("auc").notWorseThanProduction({ margin: 0.1 })] });
  const rows = heldOut({ label: [0, 1, 0, 1], score: [0.1, 0.9, 0.2, 0.8] });
  const { findings } = judgeGate(policy.gate, rows, { firstModel: true });
  expect(contradictedFindings(measuresOf(findings, "none", 4), policy.gate)).toEqual([]);
  expect(contradictedFindings(measuresOf(findings, `sha256:${"a".repeat(64)}`, 4), policy.gate)).toHaveLength(1);
});
