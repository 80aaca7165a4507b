import { JobEnvironment } from "../job-environments";
import { Variable } from "../variables";
import { imageOf } from "./image-stages";
import type { StageContext } from "./stage-context";
import type { StatedWork } from "./stage-work";

/** What an environment accepts, kept outside of everything that the judged repository can change. */
const ACCEPTED: readonly string[] = [Variable.acceptedPolicies, Variable.signers];

export function register(context: StageContext): StatedWork {
  const title = "Register the model";
  return {
    title,
    takes: ["model", "evidence", ...imageOf(context)],
    holdings: { registry: true, tracking: true, store: "write", cloudIdentity: context.storeIdentity },
    steps: context.slipwayOnly(title, ["register"]),
    environment: JobEnvironment.registry,
    secrets: context.trackingSecrets,
    variables: [...context.trackingVariables, ...context.storeVariables],
  };
}

/** Verifies the evidence and signs a promotion record. */
export function promote(context: StageContext, environment: string): StatedWork {
  const title = `Promote to ${environment}`;
  return {
    title,
    takes: ["evidence", ...imageOf(context)],
    holdings: {
      registry: true,
      signingKey: true,
      store: "write",
      cloudIdentity: context.storeIdentity || context.signingIdentity,
    },
    steps: context.slipwayOnly(title, ["promote", environment]),
    environment,
    secrets: [...context.trackingSecrets, ...context.signingSecrets],
    variables: [
      ...new Set([...context.trackingVariables, ...context.storeVariables, ...context.signingVariables]),
      ...ACCEPTED,
    ],
  };
}

export function release(context: StageContext, environment: string): StatedWork {
  const title = `Release to ${environment}`;
  return {
    title,
    takes: ["evidence"],
    holdings: { store: "read", cloudIdentity: true },
    steps: context.slipwayOnly(title, ["release", environment]),
    environment,
    variables: [...context.storeVariables, ...ACCEPTED],
  };
}

/** Measures what is served in the environment, from outside, and signs the verdict: no code of the model runs in this job. */
export function verify(context: StageContext, environment: string): StatedWork {
  const title = `Verify in ${environment}`;
  return {
    title,
    takes: ["evidence", "features"],
    holdings: {
      signingKey: true,
      store: "write",
      cloudIdentity: context.storeIdentity || context.signingIdentity,
    },
    steps: context.slipwayOnly(title, ["verify", environment]),
    environment,
    secrets: context.signingSecrets,
    variables: [...new Set([Variable.serviceUrl, ...context.storeVariables, ...context.signingVariables]), ...ACCEPTED],
  };
}
