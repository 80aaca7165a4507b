import type { DeclaredThreshold } from "../../blueprint/policy/policy-document";
import { finding, finiteOrNull } from "./finding";
import { judgeLimit } from "./judge-limit";
import { answered, type Case, type Question } from "./question";

/** A limit on a number that the training script reported itself. */
export function declaredQuestion(path: string, threshold: DeclaredThreshold, { declared }: Case): Question {
  const { metric, comparison, limit } = threshold;
  const value = declared[metric];
  const judged =
    value === undefined
      ? ({ outcome: "failed", reason: `the training run reported no metric "${metric}"` } as const)
      : judgeLimit(value, null, { comparison, limit, on: "estimate" });
  return answered(
    finding({
      threshold: path,
      title: `${metric}, as training declared it, ${comparison === "atLeast" ? "at least" : "at most"} ${limit}`,
      measure: metric,
      comparison,
      limit,
      value: finiteOrNull(value ?? Number.NaN),
      measuredBy: "training",
      ...judged,
    }),
  );
}
