import type { SigningDocument } from "../../blueprint/pipeline/pipeline-document";
import { AwsService } from "../aws/aws-service";
import type { Variables } from "../command-context";
import { assuranceOf } from "../assurance";
import { BrokenEnvironmentError } from "../refusals";
import { ed25519Signer } from "./ed25519-signer";
import { keylessSigner } from "./keyless-signer";
import { kmsSigner } from "./kms-signer";
import type { Signer } from "./signer";

/**
 * The signer the pipeline names, with what this job holds. On a laptop it is the user's own key, whatever the CI signs with.
 *
 * @throws BrokenEnvironmentError when the job does not hold what it takes
 */
export function openSigner(signing: SigningDocument, env: Variables): Signer {
  const kind = assuranceOf(env) === "laptop" ? "ed25519" : signing.kind;
  if (kind === "ed25519") {
    if (env.SLIPWAY_SIGNING_KEY === undefined || env.SLIPWAY_SIGNING_KEY === "") {
      throw new BrokenEnvironmentError(
        "this job has no signing key",
        "Install one with `slipway keys` as the secret SLIPWAY_SIGNING_KEY of the environment the job runs in.",
      );
    }
    return ed25519Signer(env.SLIPWAY_SIGNING_KEY);
  }
  if (signing.kind === "kms") {
    const endpoint = env.AWS_ENDPOINT_URL_KMS ?? `https://kms.${signing.region}.amazonaws.com`;
    return kmsSigner(signing.keyId, new AwsService("kms", signing.region, env), endpoint);
  }
  return keylessSigner();
}
