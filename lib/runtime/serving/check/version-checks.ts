import { ServingPath, type ServedVersion } from "../../../blueprint/serving/serving-contract";
import { broken, type Concern, type Finding, type ServingCheck } from "./serving-check";

const versionNamesModel: ServingCheck = {
  id: "version-names-model",
  demands: `${ServingPath.version} names the model's digest, the pipeline and the server`,
  remedy: `Answer ${ServingPath.version} with JSON: model (the digest of $SLIPWAY_MODEL_DIGEST), pipeline (a name or null), server (its name and version).`,
};

const unknownPaths: ServingCheck = {
  id: "unknown-path-404",
  demands: "a path that is not of the contract is answered with 404",
  remedy: "Answer 404 for unknown paths, so that a mistyped probe or client is noticed.",
};

/** What a server says about itself, and that it says no more. */
export const versionChecks: Concern = {
  checks: [versionNamesModel, unknownPaths],
  needs: "requests",
  async run({ client, modelDigest }) {
    const findings: Finding[] = [];
    const { status, body } = await client.get(ServingPath.version);
    const fault = status === 200 ? versionFault(body, modelDigest) : `it answers ${status}`;
    if (fault !== null) findings.push(broken(versionNamesModel, fault));
    const unknown = await client.get("/slipway-serving-check/no-such-path");
    if (unknown.status !== 404)
      findings.push(broken(unknownPaths, `an unknown path is answered with ${unknown.status}`));
    return findings;
  },
};

function versionFault(body: string, modelDigest: string | null): string | null {
  let version: Partial<Record<keyof ServedVersion, unknown>> | null;
  try {
    version = JSON.parse(body) as typeof version;
  } catch {
    return "it answers no JSON";
  }
  if (typeof version?.model !== "string" || !/^sha256:[0-9a-f]{64}$/.test(version.model)) return "model is no digest";
  if (modelDigest !== null && version.model !== modelDigest)
    return `model is ${version.model}, served is ${modelDigest}`;
  if (typeof version.server !== "string" || version.server === "") return "server is missing";
  if (version.pipeline !== null && typeof version.pipeline !== "string") return "pipeline is neither a name nor null";
  return null;
}
