import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { BrokenEnvironmentError } from "../refusals";
import { preAuthEncoding, statementPayloadType } from "./dsse";
import { keyId } from "./public-key";
import type { Signer } from "./signer";

/**
 * Signs with an ed25519 key.
 *
 * @param pem - the private key, PKCS#8 PEM
 * @throws BrokenEnvironmentError when the text is no such key
 */
export function ed25519Signer(pem: string): Signer {
  const key = readKey(pem);
  const keyid = keyId(createPublicKey(key));
  return {
    name: `ed25519 key ${keyid}`,
    sign: (payload) => {
      const sig = sign(null, preAuthEncoding(statementPayloadType, payload), key).toString("base64");
      return Promise.resolve({
        kind: "dsse",
        envelope: {
          payloadType: statementPayloadType,
          payload: Buffer.from(payload).toString("base64"),
          signatures: [{ keyid, sig }],
        },
      });
    },
  };
}

function readKey(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch {
    // Falls through: what was given is never shown, because it may be half a key.
  }
  throw new BrokenEnvironmentError(
    "SLIPWAY_SIGNING_KEY is not an ed25519 private key in PEM",
    "Create one with `slipway keys create` and install it as the secret SLIPWAY_SIGNING_KEY.",
  );
}
