import type * as Sigstore from "sigstore";
import { BrokenEnvironmentError } from "../refusals";

/** Loads the optional peer that keyless signing needs. */
export function loadSigstore(): typeof Sigstore {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded only by those who sign or verify keyless
    return require("sigstore") as typeof Sigstore;
  } catch {
    throw new BrokenEnvironmentError(
      "keyless signatures need the package sigstore, which is not installed",
      "Install it beside slipway (npm install sigstore), or sign with a KMS or ed25519 key.",
    );
  }
}
