import type { RegistryClient } from "../mlflow/registry-client";
import { RefusedError } from "../refusals";
import type { PromotionRecord } from "./promotion-records";

/**
 * Holds the registry's alias of an environment against its records. The alias proves nothing, since whoever may edit the model can
 * move it; but where it differs from the records somebody went around them, and nothing is promoted on top of that.
 *
 * @param resuming digest of a model whose promotion may have been interrupted between its record and its alias
 * @throws RefusedError `alias-missing`, `alias-moved`, `alias-without-record`
 */
export async function requireAliasAsRecorded(
  registry: RegistryClient,
  model: string,
  environment: string,
  records: readonly PromotionRecord[],
  resuming: string | null = null,
): Promise<void> {
  const found = (await registry.aliases(model)).get(environment) ?? null;
  const last = records.at(-1);
  if (last === undefined) {
    if (found === null) return;
    throw new RefusedError(
      "alias-without-record",
      `alias "${environment}" of ${model} points at version ${found}, and no promotion into ${environment} is recorded`,
      "If the alias is from before Slipway, remove it; if not, promotion records were deleted: restore them.",
    );
  }
  const { version } = last.promotion.registered;
  if (found === version) return;
  const before = records.at(-2)?.promotion.registered.version ?? null;
  if (last.model === resuming && found === before) return;
  const recorded = `record ${last.promotion.number} says version ${version} is in ${environment}`;
  const restore = `Find out who did it, then set alias "${environment}" to version ${version} again.`;
  throw found === null
    ? new RefusedError("alias-missing", `${recorded}; ${model} has no alias "${environment}"`, restore)
    : new RefusedError("alias-moved", `${recorded}; alias "${environment}" points at version ${found}`, restore);
}
