import { breakingChanges } from "../../verdict/signature/compatibility";
import type { PromotionRecord } from "../records/promotion-records";
import { RefusedError } from "../refusals";
import type { PromotionRequest } from "./promotion-request";

/**
 * Clients of the model that stands in the environment go on with the new one as they are, unless it says by a higher interface version
 * that they have to change.
 *
 * @throws RefusedError `interface-incompatible`, `interface-version-behind`
 */
export function requireCompatibleInterface(
  { evidence, environment }: PromotionRequest,
  last: PromotionRecord | undefined,
): void {
  if (last === undefined) return;
  const [present, next] = [last.promotion.interface, evidence.measures.predicate.interface];
  if (next.version < present.version) {
    throw new RefusedError(
      "interface-version-behind",
      `the model has interface version ${next.version}, the one in ${environment} has ${present.version}`,
      "Clients were written for the newer one: bring this model to it, or roll back by the record of an earlier release.",
    );
  }
  if (next.version > present.version) return;
  const changes = breakingChanges(present, next);
  if (changes.length === 0) return;
  throw new RefusedError(
    "interface-incompatible",
    `clients of the model in ${environment} would break on this one: ${changes.join("; ")}`,
    `Keep the signature, or raise \`interfaceVersion\` of the pipeline to ${present.version + 1} once clients are ready for it.`,
  );
}
