import type { PackagingDocument } from "../../blueprint/pipeline/pipeline-document";
import type { Variables } from "../command-context";

/** Value of `SLIPWAY_IMAGES` for which nothing is pushed: the image stays an OCI layout in the hand-off. */
export const KEPT_AS_LAYOUT = "layout";

/** The job's credentials for the registry that images go to, and for no other. */
export function imageCredentials(packaging: PackagingDocument, env: Variables): Variables {
  return credentialsFor(imageRepository(packaging, env), env);
}

/** The same for one repository; `null`: nothing is pushed. */
export function credentialsFor(repository: string | null, env: Variables): Variables {
  const host = repository?.split("/", 1)[0];
  return host === undefined ? env : { SLIPWAY_REGISTRY: host, ...env };
}

/** Registry and repository that images go to; `null`: they stay OCI layouts. What the job's environment says comes first. */
export function imageRepository({ repository }: PackagingDocument, env: Variables): string | null {
  const said = env.SLIPWAY_IMAGES ?? "";
  if (said === KEPT_AS_LAYOUT) return null;
  return said === "" ? repository : said;
}
