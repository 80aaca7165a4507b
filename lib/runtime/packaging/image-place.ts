import type { PackagingDocument } from "../../blueprint/pipeline/pipeline-document";
import type { Variables } from "../command-context";

/** Value of `SLIPWAY_IMAGES` for which nothing is pushed: the image stays an OCI layout in the hand-off. */
export const KEPT_AS_LAYOUT = "layout";

/** Registry and repository that images go to; `null`: they stay OCI layouts. What the job's environment says comes first. */
export function imageRepository({ repository }: PackagingDocument, env: Variables): string | null {
  const said = env.SLIPWAY_IMAGES ?? "";
  if (said === KEPT_AS_LAYOUT) return null;
  return said === "" ? repository : said;
}
