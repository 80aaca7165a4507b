import { createHash, verify } from "node:crypto";
import type { TrustedSigner } from "../../../lib/blueprint/identity";
import { preAuthEncoding, statementPayloadType } from "../../../lib/runtime/signing/dsse";
import { openSigner } from "../../../lib/runtime/signing/open-signer";
import type { SignedStatement } from "../../../lib/runtime/signing/signer";
import { verifyStatement } from "../../../lib/runtime/signing/verify-statement";
import { LocalKms } from "./local-kms";

const payload = Buffer.from('{"_type":"https://in-toto.io/Statement/v1"}');
const encoded = preAuthEncoding(statementPayloadType, payload);
let kms: LocalKms;

beforeAll(async () => {
  kms = await LocalKms.start();
});
afterAll(() => kms.stop());

type Dsse = Extract<SignedStatement, { kind: "dsse" }>;

async function sign(env: Record<string, string> = {}, keyId = kms.keyId): Promise<Dsse> {
  const signer = openSigner({ kind: "kms", keyId, region: kms.region }, { ...kms.env, ...env });
  return (await signer.sign(payload)) as Dsse;
}

test("what KMS signs by digest is an ECDSA signature over the pre-authentication encoding", async () => {
  const { envelope } = await sign();
  const signature = Buffer.from(envelope.signatures[0]!.sig, "base64");
  expect(verify("sha256", encoded, kms.publicKey, signature)).toBe(true);
  const trusted: TrustedSigner = { kind: "kms", name: "gate", publicKey: kms.publicKey, assurance: "ci" };
  expect(await verifyStatement({ kind: "dsse", envelope }, [trusted])).toEqual({ payload, signer: trusted });
});

test("the service is sent the digest, never the statement", async () => {
  kms.asked.length = 0;
  await sign();
  expect(kms.asked).toEqual([
    { action: "GetPublicKey", request: { KeyId: kms.keyId } },
    {
      action: "Sign",
      request: {
        KeyId: kms.keyId,
        Message: createHash("sha256").update(encoded).digest("base64"),
        MessageType: "DIGEST",
        SigningAlgorithm: "ECDSA_SHA_256",
      },
    },
  ]);
});

test.each<[string, string, () => Promise<Dsse>]>([
  ["another job's credentials", "InvalidSignature", () => sign({ AWS_SECRET_ACCESS_KEY: "guessed" })],
  ["a key that is not there", "NotFound", () => sign({}, "alias/none")],
])("%s: a broken environment, as KMS names it", async (_, says, signing) => {
  await expect(signing()).rejects.toMatchObject({
    name: "BrokenEnvironmentError",
    message: expect.stringContaining(says),
    remedy: expect.stringContaining("kms:Sign"),
  });
});
