import type { TrustedSigner } from "../../../lib/blueprint/identity";
import { statementPayloadType } from "../../../lib/runtime/signing/dsse";
import { keylessSigner } from "../../../lib/runtime/signing/keyless-signer";
import type { SignedStatement } from "../../../lib/runtime/signing/signer";
import { verifyStatement } from "../../../lib/runtime/signing/verify-statement";

/** Nothing listens on this port. */
const nowhere = "http://127.0.0.1:9";

/** `{"iss": "https://issuer.test", "sub": "job"}`, signed by nobody. */
const token = ["{}", '{"iss":"https://issuer.test","sub":"job","aud":"sigstore"}', ""]
  .map((part) => Buffer.from(part).toString("base64url"))
  .join(".");

test("a job that Sigstore does not certify is a broken environment, with the way out", async () => {
  const signer = keylessSigner({ fulcioURL: nowhere, rekorURL: nowhere, identityToken: token });
  await expect(signer.sign(Buffer.from("{}"))).rejects.toMatchObject({
    name: "BrokenEnvironmentError",
    message: expect.stringContaining("keyless signing did not work"),
    remedy: expect.stringContaining("id-token: write"),
  });
});

test("a bundle is accepted by no environment that names keys only", async () => {
  const signed: SignedStatement = {
    kind: "sigstore",
    bundle: {
      mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
      verificationMaterial: { certificate: { rawBytes: "" }, tlogEntries: [], timestampVerificationData: undefined },
      dsseEnvelope: { payloadType: statementPayloadType, payload: "e30=", signatures: [{ keyid: "", sig: "" }] },
    } as unknown as Extract<SignedStatement, { kind: "sigstore" }>["bundle"],
  };
  const trusted: readonly TrustedSigner[] = [];
  await expect(verifyStatement(signed, trusted)).rejects.toMatchObject({ check: "signer-not-accepted" });
});
