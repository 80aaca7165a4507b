import { createHash, createPublicKey, generateKeyPairSync, sign as nodeSign, verify } from "node:crypto";
import type { PublicKeySigner, TrustedSigner } from "../../lib/blueprint/identity";
import { AwsService } from "../../lib/runtime/aws/aws-service";
import { type Envelope, preAuthEncoding, statementPayloadType } from "../../lib/runtime/signing/dsse";
import { openSigner } from "../../lib/runtime/signing/open-signer";
import { keyId } from "../../lib/runtime/signing/public-key";
import type { SignedStatement } from "../../lib/runtime/signing/signer";
import { verifyStatement } from "../../lib/runtime/signing/verify-statement";
import { describeWith, pythonWith } from "../tools";
import { MotoServer } from "./moto-server";

describeWith(
  () => pythonWith("moto"),
  "signing with a KMS key",
  () => {
    const region = "us-east-1";
    const payload = Buffer.from('{"_type":"https://in-toto.io/Statement/v1"}');
    let moto: MotoServer;

    beforeAll(async () => {
      moto = await MotoServer.start();
    });
    afterAll(() => moto.stop());

    const kms = async (action: string, body: object): Promise<Record<string, unknown>> => {
      const response = await new AwsService("kms", region, moto.credentials).call(moto.endpoint, {
        method: "POST",
        headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": `TrentService.${action}` },
        body: JSON.stringify(body),
      });
      return (await response.json()) as Record<string, unknown>;
    };
    const createKey = async (KeySpec: string): Promise<string> => {
      const { KeyMetadata } = await kms("CreateKey", { KeySpec, KeyUsage: "SIGN_VERIFY" });
      return (KeyMetadata as { KeyId: string }).KeyId;
    };
    const signer = async (keyId: string): Promise<TrustedSigner> => {
      const { PublicKey } = await kms("GetPublicKey", { KeyId: keyId });
      const lines = String(PublicKey).match(/.{1,64}/g)!;
      const publicKey = `-----BEGIN PUBLIC KEY-----\n${lines.join("\n")}\n-----END PUBLIC KEY-----\n`;
      return { kind: "kms", name: "the gate's KMS key", publicKey, assurance: "ci" };
    };
    const sign = (keyId: string): Promise<SignedStatement> =>
      openSigner(
        { kind: "kms", keyId, region },
        { ...moto.credentials, AWS_ENDPOINT_URL_KMS: moto.endpoint, GITHUB_ACTIONS: "true" },
      ).sign(payload);

    /**
     * moto does not implement MessageType DIGEST: it signs the digest as if that were the message, where KMS signs the message that has
     * this digest. What reaches the service and comes back is therefore checked here, and the digest's meaning against a service
     * that honours it in test/runtime/signing/kms-signer.test.ts.
     */
    test("the service signs the digest of the pre-authentication encoding", async () => {
      const id = await createKey("ECC_NIST_P256");
      const signed = await sign(id);
      const { publicKey } = (await signer(id)) as PublicKeySigner;
      if (signed.kind !== "dsse") throw new Error("expected an envelope");
      const [{ sig, keyid } = { sig: "", keyid: "" }] = signed.envelope.signatures;
      const digest = createHash("sha256").update(preAuthEncoding(signed.envelope.payloadType, payload)).digest();
      expect(verify("sha256", digest, publicKey, Buffer.from(sig, "base64"))).toBe(true);
      const der = createPublicKey(publicKey).export({ type: "spki", format: "der" });
      expect(keyid).toBe(`sha256:${createHash("sha256").update(der).digest("hex")}`);
    });

    test("a P-256 signature over the encoding, as KMS gives it, is accepted; over anything else it is refused", async () => {
      const pair = generateKeyPairSync("ec", {
        namedCurve: "prime256v1",
        publicKeyEncoding: { type: "spki", format: "pem" },
        privateKeyEncoding: { type: "pkcs8", format: "pem" },
      });
      const trusted: TrustedSigner = { kind: "kms", name: "key", publicKey: pair.publicKey, assurance: "ci" };
      const envelope: Envelope = {
        payloadType: statementPayloadType,
        payload: payload.toString("base64"),
        signatures: [
          {
            keyid: keyId(createPublicKey(pair.publicKey)),
            sig: nodeSign("sha256", preAuthEncoding(statementPayloadType, payload), pair.privateKey).toString("base64"),
          },
        ],
      };
      expect(await verifyStatement({ kind: "dsse", envelope }, [trusted])).toEqual({ payload, signer: trusted });
      const changed = { ...envelope, payload: Buffer.from("{}").toString("base64") };
      await expect(verifyStatement({ kind: "dsse", envelope: changed }, [trusted])).rejects.toMatchObject({
        check: "signature-invalid",
      });
    });

    test("a key that is not there, or of another kind, is a broken environment", async () => {
      await expect(sign("00000000-0000-0000-0000-000000000000")).rejects.toMatchObject({
        name: "BrokenEnvironmentError",
        message: expect.stringContaining("NotFound"),
      });
      await expect(createKey("RSA_2048").then(sign)).rejects.toMatchObject({ name: "BrokenEnvironmentError" });
    });
  },
);
