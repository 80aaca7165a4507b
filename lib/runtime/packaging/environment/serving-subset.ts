import { RefusedError } from "../../refusals";
import type { LockedRequirement } from "./locked-requirements";

/**
 * Holds a smaller environment for serving against the one the model was trained in: whatever it has, it has in the same version and from
 * the same files. A model that meets another version of its library than the one that was judged is another model.
 *
 * @throws RefusedError `serving-lock-differs` with all differences
 */
export function requireSubset(
  training: readonly LockedRequirement[],
  serving: readonly LockedRequirement[],
  names: { readonly training: string; readonly serving: string },
): void {
  const differences = serving.flatMap((each) => {
    const trained = training.filter(({ name }) => name === each.name);
    const same = trained.find(({ version }) => version === each.version);
    if (trained.length === 0) return [`${each.name} ${each.version} is not in ${names.training}`];
    if (same === undefined) {
      return [
        `${each.name} is ${each.version}, in ${names.training} ${trained.map(({ version }) => version).join(" or ")}`,
      ];
    }
    const sameFile = each.hashes.some((hash) => same.hashes.includes(hash));
    return sameFile ? [] : [`${each.name} ${each.version} has no hash in common with ${names.training}`];
  });
  if (differences.length === 0) return;
  throw new RefusedError(
    "serving-lock-differs",
    `${names.serving} is not a part of ${names.training}:\n${differences.map((each) => `  - ${each}`).join("\n")}`,
    `Lock it with ${names.training} as constraint: \`uv pip compile --generate-hashes -c ${names.training} serving.in -o ${names.serving}\`.`,
  );
}
