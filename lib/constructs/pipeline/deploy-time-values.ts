import { Token } from "cdktf";
import type { Problems } from "../../blueprint/problems";

/**
 * Adds a problem for every value that only Terraform knows. In the manifest or a workflow it would be one text in the plan and
 * another in the repository, and no digest named at synth would fit.
 *
 * @param path - property path of the value, for messages
 */
export function refuseDeployTimeValues(value: unknown, path: string, problems: Problems): void {
  visit(value, path, problems, new Set());
}

function visit(value: unknown, path: string, problems: Problems, seen: Set<object>): void {
  if (typeof value === "function") return;
  if (typeof value !== "object" || value === null || Token.isUnresolved(value)) {
    if (!Token.isUnresolved(value)) return;
    problems.add(
      path,
      "(a deploy-time value)",
      "is known only when Terraform runs, and cannot stand in the manifest or a workflow",
      "Write the value itself, or hand it to jobs as a variable: variables: { MLFLOW_TRACKING_URI: ... }.",
    );
    return;
  }
  if (seen.has(value)) return;
  seen.add(value);
  if (Array.isArray(value)) {
    value.forEach((each, index) => {
      visit(each, `${path}[${index}]`, problems, seen);
    });
    return;
  }
  for (const [key, each] of Object.entries(value)) {
    // Values such as Training or Trigger keep what they say in fields of their own.
    visit(each, key === "document" || path === "" ? path || key : `${path}.${key}`, problems, seen);
  }
}
