import type * as Sigstore from "sigstore";
import { BrokenEnvironmentError } from "../refusals";

/** Where the certificates of Fulcio and Rekor come from, by The Update Framework. */
export interface SigstoreTrustRoot {
  /** @default - Sigstore's public repository */
  readonly tufMirrorURL?: string;
  /** Path of the root.json that the repository's metadata is held against. @default - the one sigstore comes with */
  readonly tufRootPath?: string;
  /** Folder the metadata is kept in. @default - in the user's data directory */
  readonly tufCachePath?: string;
}

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
