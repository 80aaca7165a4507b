import { InvalidInputError } from "../../blueprint/problems";
import type { Variables } from "../command-context";
import { isDigest } from "../handoff/folder-digest";
import { BrokenEnvironmentError } from "../refusals";

/** Policy digests that an environment accepts, by section. */
export interface AcceptedPolicies {
  readonly gate: readonly string[];
  /** Empty where the environment says nothing of serving. */
  readonly serving: readonly string[];
}

/**
 * Digests of the policies that this environment accepts: `SLIPWAY_ACCEPTED_POLICIES`, `{"gate": ["sha256:..."], "serving": [...]}`.
 * `cdktf deploy` puts them there; nothing in the checkout can add one.
 *
 * @throws BrokenEnvironmentError when the variable is not set: an environment that names no policy accepts none
 */
export function acceptedPolicies(env: Variables): AcceptedPolicies {
  const text = env.SLIPWAY_ACCEPTED_POLICIES ?? "";
  if (text === "") {
    throw new BrokenEnvironmentError(
      "SLIPWAY_ACCEPTED_POLICIES is not set: nothing says which policies this environment accepts",
      "Run this job in its protected environment, which `cdktf deploy` fills.",
    );
  }
  const { gate, serving = [] } = parse(text);
  if (isDigestList(gate) && isDigestList(serving)) return { gate, serving };
  throw new InvalidInputError("SLIPWAY_ACCEPTED_POLICIES", [
    {
      path: isDigestList(gate) ? "serving" : "gate",
      value: text,
      says: "is no list of digests",
      remedy: 'Write {"gate": ["sha256:<64 hex digits>"], "serving": [...]}.',
    },
  ]);
}

function isDigestList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string" && isDigest(each));
}

function parse(text: string): { readonly gate?: unknown; readonly serving?: unknown } {
  try {
    return (JSON.parse(text) as { gate?: unknown; serving?: unknown } | null) ?? {};
  } catch {
    return {};
  }
}
