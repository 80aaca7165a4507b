import { BrokenEnvironmentError } from "../refusals";
import { statementPayloadType } from "./dsse";
import type { Signer } from "./signer";
import { loadSigstore } from "./sigstore";

/** Where certificates and log entries come from; Sigstore's public instances unless an organization runs its own. */
export interface SigstoreInstance {
  /** @default - Sigstore's public Fulcio */
  readonly fulcioURL?: string;
  /** @default - Sigstore's public Rekor */
  readonly rekorURL?: string;
  /** OIDC token to sign with. @default - the one this CI job is given */
  readonly identityToken?: string;
}

/** Signs with the job's own OIDC identity: a certificate that lives minutes and a public log entry, no key to keep. */
export function keylessSigner(instance: SigstoreInstance = {}): Signer {
  return {
    name: "keyless identity of this job",
    sign: async (payload) => {
      const { attest } = loadSigstore();
      try {
        return { kind: "sigstore", bundle: await attest(Buffer.from(payload), statementPayloadType, instance) };
      } catch (error) {
        throw new BrokenEnvironmentError(
          `keyless signing did not work: ${error instanceof Error ? error.message : String(error)}`,
          "Give the job `permissions: id-token: write` and a way to Fulcio and Rekor, or sign with a KMS key.",
        );
      }
    },
  };
}
