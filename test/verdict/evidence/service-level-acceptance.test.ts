import { Duration, metric, QualityPolicy } from "../../../lib";
import { type ServiceLevel, serviceLevelStatement } from "../../../lib/verdict/evidence/service-level";
import { type ExpectedServiceLevel, serviceLevelFault } from "../../../lib/verdict/evidence/service-level-acceptance";
import { judgeServing, servingLimit } from "../../../lib/verdict/latency/judge-latency";
import { latencyFigures } from "../../../lib/verdict/latency/latency-figures";

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const policy = new QualityPolicy({
  accuracy: [metric("auc").atLeast(0.7)],
  serving: {
    errorRate: 0.01,
    latency: { quantile: 0.95, atMost: Duration.millis(150), at: { requestsPerSecond: 20 } },
  },
});
const section = policy.toDocument().serving!;

/** Figures of 2,000 requests that all took so long. */
function figuresOf(millis: number) {
  const late = { p50: 0, p99: 1, p999: 1, max: 1 };
  return latencyFigures(
    {
      millis: Float64Array.from({ length: 2_000 }, (_, index) => millis + (index % 7)),
      failures: {},
      rateAsked: 20,
      rateAchieved: 20,
      seconds: 100,
      generator: { lateMillis: late, eventLoopMillis: 1, waitedForConnection: 0 },
    },
    { quantiles: [0.95] },
  );
}

function levelOf(millis: number): ServiceLevel {
  const figures = figuresOf(millis);
  return {
    pipeline: "insurance-risk",
    repository: "acme/insurance-risk",
    environment: "staging",
    address: "http://risk.staging.svc:8080",
    server: "slipway-serving/0.1.0",
    servingPolicy: policy.digest("serving"),
    verdict: judgeServing(figures, servingLimit(section, { smoke: false })),
    figures,
    assurance: "ci",
    measuredBy: { tool: "slipway", version: "0.1.0" },
    measuredAt: "2026-11-24T12:00:00.000Z",
    run: null,
  };
}

const expected: ExpectedServiceLevel = {
  modelDigest: digest("d"),
  pipeline: "insurance-risk",
  repository: "acme/insurance-risk",
  environments: ["staging"],
  acceptedPolicies: [policy.digest("serving")],
  policy: { digest: policy.digest("serving"), section },
  maxAgeHours: 168,
  now: new Date("2026-11-25T12:00:00.000Z"),
};

const good = levelOf(40);

function fault(changed: Partial<ServiceLevel> = {}, wanted: Partial<ExpectedServiceLevel> = {}, model = digest("d")) {
  return serviceLevelFault(serviceLevelStatement(model, { ...good, ...changed }), { ...expected, ...wanted });
}

test("a measurement within the limits, of this model, in an environment before, is taken", () => {
  expect(fault()).toBeNull();
});

test.each<[string, string | null, RegExp]>([
  ["another model", fault({}, {}, digest("e")), /^it is about sha256:e/],
  ["another pipeline", fault({ pipeline: "other" }), /^it was made by other of acme\/insurance-risk$/],
  ["another repository", fault({ repository: "acme/fork" }), /^it was made by insurance-risk of acme\/fork$/],
  ["another environment", fault({ environment: "canary" }), /^it was measured in canary, not in staging$/],
  ["another policy", fault({ servingPolicy: digest("1") }), /which is not accepted here$/],
  ["a policy that is not accepted", fault({}, { acceptedPolicies: [] }), /which is not accepted here$/],
  ["the future", fault({ measuredAt: "2026-11-26T12:00:00.000Z" }), /which is in the future$/],
  ["no time at all", fault({ measuredAt: "soon" }), /which is in the future$/],
  ["long ago", fault({ measuredAt: "2026-11-01T12:00:00.000Z" }), /^it is 576 hours old, the policy allows 168$/],
  ["a slow service", fault(levelOf(400)), /^its verdict is failed: latency at quantile 0.95/],
  [
    "a slow service that says it passed",
    fault({ figures: figuresOf(400) }),
    /^it says passed, its figures say failed$/,
  ],
])("%s is not", (_, says, pattern) => {
  expect(says).toMatch(pattern);
});
