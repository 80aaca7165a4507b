import type { DecisionRule } from "../../blueprint/policy/policy-document";
import type { GroupFigures } from "../gate-verdict";
import type { Judged } from "./judge-limit";
import { missingValue, tooManyMissing } from "./missing-values";

/** A coarse score that fills fewer of the places hides how the others would be given away. */
const mostlyTaken = 0.5;

/** What keeps the measure from meaning anything; such a finding is undecided, which is no pass. */
export function notAssessable(all: readonly GroupFigures[], decision: DecisionRule, column: string): Judged | null {
  const undecided = (reason: string): Judged => ({ outcome: "undecided", reason });
  const groups = all.filter(({ group }) => group !== missingValue);
  const rows = sumOf(all, "rows");
  const missing = tooManyMissing(rows - sumOf(groups, "rows"), rows, column);
  if (missing !== null) return undecided(missing);
  if (groups.length < 2) return undecided("not assessable: there is only one group");
  const small = groups.filter(({ assessable }) => !assessable);
  if (small.length > 0) {
    const named = small.map(({ group, rows, positives }) => `${group} (${rows} rows, ${positives} positives)`);
    return undecided(`not assessable: too few rows or positives in ${named.join(", ")}`);
  }
  const selected = sumOf(all, "selected");
  if (selected === 0 || selected === rows) {
    return undecided(`not assessable: ${decision.kind} selects ${selected === 0 ? "nobody" : "everybody"}`);
  }
  if (decision.kind === "topFraction" && selected < mostlyTaken * Math.floor(decision.fraction * rows)) {
    return undecided(`not assessable: ties at the cut leave all but ${selected} of the places empty`);
  }
  return null;
}

function sumOf(groups: readonly GroupFigures[], figure: "rows" | "selected"): number {
  return groups.reduce((sum, group) => sum + group[figure], 0);
}
