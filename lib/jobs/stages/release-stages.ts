import { JobEnvironment } from "../job-environments";
import { Variable } from "../variables";
import type { StageContext } from "./stage-context";
import type { StatedWork } from "./stage-work";

/** What an environment accepts, kept outside of everything that the judged repository can change. */
const ACCEPTED: readonly string[] = [Variable.acceptedPolicies, Variable.signers];

export function register(context: StageContext): StatedWork {
  const title = "Register the model";
  return {
    title,
    takes: ["model", "evidence"],
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
    takes: ["evidence"],
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
  return inService(context, `Release to ${environment}`, ["release", environment], environment);
}

export function verify(context: StageContext, environment: string): StatedWork {
  return inService(context, `Verify in ${environment}`, ["verify", environment], environment);
}

function inService(context: StageContext, title: string, command: readonly string[], environment: string): StatedWork {
  return {
    title,
    takes: ["evidence"],
    holdings: { store: "read", cloudIdentity: true },
    steps: context.slipwayOnly(title, command),
    environment,
    variables: [...context.storeVariables, ...ACCEPTED],
  };
}
