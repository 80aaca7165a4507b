import { ServingMetric, ServingPath, ServingVariable } from "../../../blueprint/serving/serving-contract";
import { valueOf } from "./exposition";
import { readExposition, readingOf, readUntil, type Reading } from "./metric-readings";
import { broken, notRun, type Concern, type Finding, type ServingCheck, type Trial } from "./serving-check";

const exposed: ServingCheck = {
  id: "metrics-exposed",
  demands: `${ServingPath.metrics} exposes the contract's metrics in Prometheus' text format`,
  remedy: `Expose ${Object.values(ServingMetric).join(", ")} with a Prometheus client library.`,
};

const fromStart: ServingCheck = {
  id: "metrics-from-start",
  demands: "each metric is there with 0 before the first request",
  remedy: `Create every series at the start, also ${ServingMetric.requests}{code="200"}: rate() does not see an increase from nothing to 1.`,
};

const requestsCounted: ServingCheck = {
  id: "requests-counted",
  demands: "each answered prediction request is counted once, under its status",
  remedy: `Count every answer of ${ServingPath.predict} in ${ServingMetric.requests}, also those to bad requests, and nothing else.`,
};

const errorsCounted: ServingCheck = {
  id: "errors-counted",
  demands: "each prediction request answered with a status from 500 on is counted as an error",
  remedy: `Count every answer from 500 on in ${ServingMetric.errors}.`,
};

const mistakesAreNoErrors: ServingCheck = {
  id: "client-mistakes-are-no-errors",
  demands: "a client's mistake is not counted as an error",
  remedy: `Count only answers from 500 on in ${ServingMetric.errors}: a canary must not fall by one client's bad requests.`,
};

const durationsCounted: ServingCheck = {
  id: "durations-consistent",
  demands:
    "the duration histogram counts each answered prediction request, its buckets are cumulative, and +Inf equals its count",
  remedy: `Observe ${ServingMetric.duration} once per prediction request, whatever its status.`,
};

const limitIsBoundary: ServingCheck = {
  id: "latency-limit-bucket",
  demands: `the duration histogram has a boundary at exactly $${ServingVariable.latencyLimit}`,
  remedy: "Add the limit to the histogram's boundaries: between two boundaries a quantile is a guess.",
};

/** That there are metrics at all. */
export const metricsExposed: Concern = {
  checks: [exposed],
  needs: "requests",
  async run({ client }) {
    const exposition = await readExposition(client);
    return typeof exposition === "string" ? [broken(exposed, exposition)] : [];
  },
};

/** Before anything was predicted. */
export const metricsAtStart: Concern = {
  checks: [fromStart, limitIsBoundary],
  // Of a server that runs already nobody knows what it has answered, nor what limit it was told.
  needs: "control",
  async run({ client, latencyLimit }) {
    const exposition = await readExposition(client);
    if (typeof exposition === "string") return this.checks.map((each) => notRun(each, "the metrics cannot be read"));
    const zero: readonly (readonly [string, number | undefined])[] = [
      [`${ServingMetric.requests}{code="200"}`, valueOf(exposition, ServingMetric.requests, { code: "200" })],
      [ServingMetric.errors, valueOf(exposition, ServingMetric.errors)],
      [`${ServingMetric.duration}_count`, valueOf(exposition, `${ServingMetric.duration}_count`)],
    ];
    const odd = zero.filter(([, value]) => value !== 0).map(([name, value]) => `${name} is ${value ?? "missing"}`);
    const boundaries = readingOf(exposition).buckets.map(([boundary]) => boundary);
    return [
      ...(odd.length === 0 ? [] : [broken(fromStart, odd.join("; "))]),
      ...(latencyLimit === null || boundaries.includes(latencyLimit)
        ? []
        : [broken(limitIsBoundary, `no boundary at ${latencyLimit} s, only at ${boundaries.join(", ")}`)]),
    ];
  },
};

const countedChecks = [requestsCounted, errorsCounted, mistakesAreNoErrors, durationsCounted];

/** Runs concerns that send prediction requests, and then holds what was counted against what was answered. */
export function countedAround(concerns: readonly Concern[], runEach: (concern: Concern) => Promise<void>): Concern {
  return {
    checks: countedChecks,
    needs: "requests",
    async run(trial) {
      const before = await readExposition(trial.client);
      const answeredBefore = new Map(trial.client.answered);
      for (const concern of concerns) await runEach(concern);
      if (typeof before === "string") return this.checks.map((each) => notRun(each, "the metrics cannot be read"));
      return await compare(trial, readingOf(before), answeredBefore);
    },
  };
}

async function compare(
  { client, server }: Trial,
  before: Reading,
  answeredBefore: ReadonlyMap<number, number>,
): Promise<readonly Finding[]> {
  const answered = [...client.answered].map(
    ([status, count]) => [status, count - (answeredBefore.get(status) ?? 0)] as const,
  );
  const all = answered.reduce((sum, [, count]) => sum + count, 0);
  const failed = answered.reduce((sum, [status, count]) => sum + (status >= 500 ? count : 0), 0);
  // A server that runs already may have other clients.
  const equal = (found: number, sent: number): boolean => (server.control === null ? found >= sent : found === sent);
  const after = await readUntil(client, ({ durations }) => equal(durations - before.durations, all));
  if (typeof after === "string") return countedChecks.map((each) => notRun(each, after));
  const counted = (status: number): number => (after.requests.get(status) ?? 0) - (before.requests.get(status) ?? 0);
  const statuses = new Set([...after.requests.keys(), ...client.answered.keys()]);
  const miscounted = [...statuses]
    .map((status) => ({ status, sent: answered.find(([each]) => each === status)?.[1] ?? 0 }))
    .filter(({ status, sent }) => !equal(counted(status), sent))
    .map(({ status, sent }) => `${sent} answered with ${status}, ${counted(status)} counted`);
  const errors = after.errors - before.errors;
  const durations = durationFault(before, after, all, equal);
  return [
    ...(miscounted.length === 0 ? [] : [broken(requestsCounted, miscounted.join("; "))]),
    ...(errors < failed ? [broken(errorsCounted, `${failed} answered from 500 on, ${errors} counted`)] : []),
    ...(errors > failed && server.control !== null
      ? [broken(mistakesAreNoErrors, `${failed} answered from 500 on, ${errors} counted`)]
      : []),
    ...(durations === null ? [] : [broken(durationsCounted, durations)]),
  ];
}

function durationFault(
  before: Reading,
  after: Reading,
  sent: number,
  equal: (found: number, sent: number) => boolean,
): string | null {
  const { buckets, durations } = after;
  const [boundary, most] = buckets.at(-1) ?? [NaN, NaN];
  if (boundary !== Infinity) return "there is no bucket +Inf";
  if (most !== durations) return `+Inf holds ${most}, the count is ${durations}`;
  if (buckets.some(([, count], index) => index > 0 && count < buckets[index - 1]![1]))
    return "buckets are not cumulative";
  const observed = durations - before.durations;
  return equal(observed, sent) ? null : `${sent} requests answered, ${observed} durations observed`;
}
