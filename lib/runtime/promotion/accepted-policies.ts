import { InvalidInputError } from "../../blueprint/problems";
import type { Variables } from "../command-context";
import { isDigest } from "../handoff/folder-digest";
import { BrokenEnvironmentError } from "../refusals";

/**
 * Digests of the gate policies that this environment accepts: `SLIPWAY_ACCEPTED_POLICIES`, `{"gate": ["sha256:..."]}`. `cdktf deploy`
 * puts them there; nothing in the checkout can add one.
 *
 * @throws BrokenEnvironmentError when the variable is not set: an environment that names no policy accepts none
 */
export function acceptedGatePolicies(env: Variables): readonly string[] {
  const text = env.SLIPWAY_ACCEPTED_POLICIES ?? "";
  if (text === "") {
    throw new BrokenEnvironmentError(
      "SLIPWAY_ACCEPTED_POLICIES is not set: nothing says which policies this environment accepts",
      "Run this job in its protected environment, which `cdktf deploy` fills.",
    );
  }
  const digests = parse(text);
  if (Array.isArray(digests) && digests.every((each) => typeof each === "string" && isDigest(each))) {
    return digests as readonly string[];
  }
  throw new InvalidInputError("SLIPWAY_ACCEPTED_POLICIES", [
    { path: "gate", value: text, says: "is no list of digests", remedy: 'Write {"gate": ["sha256:<64 hex digits>"]}.' },
  ]);
}

function parse(text: string): unknown {
  try {
    return (JSON.parse(text) as { gate?: unknown } | null)?.gate;
  } catch {
    return undefined;
  }
}
