import type { ServingPolicy } from "../../blueprint/policy/policy-document";
import { judgeServing, servingLimit } from "../latency/judge-latency";
import type { ServiceLevelStatement } from "./service-level";
import { subjectDigest } from "./statement";

/** What a promotion expects of a service level; nothing of it comes from the statement. */
export interface ExpectedServiceLevel {
  readonly modelDigest: string;
  readonly pipeline: string;
  readonly repository: string | null;
  /** Environments before the one that is promoted into, in which something is measured. */
  readonly environments: readonly string[];
  /** Serving section digests that the environment accepts. */
  readonly acceptedPolicies: readonly string[];
  /** The section itself, as the manifest carries it: believed only when its digest is accepted. */
  readonly policy: { readonly digest: string; readonly section: ServingPolicy };
  readonly maxAgeHours: number;
  readonly now: Date;
}

/** Clocks of two machines may differ by this much. */
const clockSkewMillis = 5 * 60_000;

/**
 * The first reason, as a clause, not to take a measurement for the latency verdict that a promotion needs; `null` when it may be taken.
 * The verdict is computed again from the figures: what the statement says of itself only has to agree.
 */
export function serviceLevelFault(statement: ServiceLevelStatement, expected: ExpectedServiceLevel): string | null {
  const level = statement.predicate;
  if (subjectDigest(statement) !== expected.modelDigest)
    return `it is about ${subjectDigest(statement) ?? "no single model"}`;
  if (level.pipeline !== expected.pipeline || level.repository !== expected.repository) {
    return `it was made by ${level.pipeline} of ${level.repository ?? "no repository"}`;
  }
  if (!expected.environments.includes(level.environment)) {
    return `it was measured in ${level.environment}, not in ${expected.environments.join(" or ")}`;
  }
  if (!expected.acceptedPolicies.includes(level.servingPolicy) || level.servingPolicy !== expected.policy.digest) {
    return `it was judged by serving policy ${level.servingPolicy}, which is not accepted here`;
  }
  const ageMillis = expected.now.getTime() - Date.parse(level.measuredAt);
  if (!(ageMillis >= -clockSkewMillis)) return `it says it was measured at ${level.measuredAt}, which is in the future`;
  if (ageMillis > expected.maxAgeHours * 3_600_000) {
    return `it is ${Math.floor(ageMillis / 3_600_000)} hours old, the policy allows ${expected.maxAgeHours}`;
  }
  const { outcome, findings } = judgeServing(level.figures, servingLimit(expected.policy.section, { smoke: false }));
  if (outcome !== level.verdict.outcome) return `it says ${level.verdict.outcome}, its figures say ${outcome}`;
  if (outcome === "passed") return null;
  const reasons = findings
    .filter((finding) => finding.outcome !== "passed")
    .map(({ title, reason }) => `${title}: ${reason ?? ""}`);
  return `its verdict is ${outcome}: ${reasons.join("; ")}`;
}
