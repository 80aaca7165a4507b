import { execFileSync } from "node:child_process";
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { TrustedSigner } from "../../../lib/blueprint/identity";
import { type EvidenceFile, parseEvidence } from "../../../lib/runtime/evidence/evidence-file";
import { type Envelope, statementPayloadType } from "../../../lib/runtime/signing/dsse";
import { ed25519Signer } from "../../../lib/runtime/signing/ed25519-signer";
import { openSigner } from "../../../lib/runtime/signing/open-signer";
import { keyId } from "../../../lib/runtime/signing/public-key";
import type { SignedStatement, Signer } from "../../../lib/runtime/signing/signer";
import { verifyStatement } from "../../../lib/runtime/signing/verify-statement";
import { describeWith, pythonWith } from "../../tools";
import { GatedPipeline } from "../promotion/a-gated-model";
import { LocalKms } from "./local-kms";

interface Key {
  readonly privateKey: string;
  readonly publicKey: string;
}

const publicKeyEncoding = { type: "spki", format: "pem" } as const;
const privateKeyEncoding = { type: "pkcs8", format: "pem" } as const;
const ed25519: Key = generateKeyPairSync("ed25519", { publicKeyEncoding, privateKeyEncoding });
const p256: Key = generateKeyPairSync("ec", { namedCurve: "prime256v1", publicKeyEncoding, privateKeyEncoding });
const keyidOf = ({ publicKey }: Pick<Key, "publicKey">): string => keyId(createPublicKey(publicKey));

/** Payloads whose bytes, lengths or characters an encoder could get wrong. */
const payloads = [
  "",
  "{}",
  '{"verdict":"passed"}',
  "DSSEv1 1 a 1 b",
  "größer ≥ 0,7 \u{1F6A2}",
  "line\r\nline\0",
  "x".repeat(70_000),
];

async function envelopeBy(signer: Signer, payload: string): Promise<Envelope> {
  return envelopeOf(await signer.sign(Buffer.from(payload)));
}

function envelopeOf(signed: SignedStatement): Envelope {
  if (signed.kind !== "dsse") throw new Error("expected an envelope");
  return signed.envelope;
}

describeWith(
  () => pythonWith("attestation"),
  "signed statements against securesystemslib and in-toto-attestation",
  (python) => {
    const script = join(__dirname, "attestation_oracle.py");
    const ask = (requests: readonly object[]): unknown =>
      JSON.parse(execFileSync(python, [script], { input: JSON.stringify(requests), encoding: "utf8" }));
    const verifiedBy = (key: Pick<Key, "publicKey">, envelopes: readonly Envelope[]): unknown =>
      ask(envelopes.map((envelope) => ({ ask: "verify", envelope, publicKey: key.publicKey, keyid: keyidOf(key) })));

    test("they verify what our ed25519 keys sign", async () => {
      const signer = ed25519Signer(ed25519.privateKey);
      const envelopes = await Promise.all(payloads.map((payload) => envelopeBy(signer, payload)));
      expect(verifiedBy(ed25519, envelopes)).toEqual(payloads.map(() => [keyidOf(ed25519)]));
    });

    test("they verify what we have KMS sign", async () => {
      const kms = await LocalKms.start();
      try {
        const signer = openSigner({ kind: "kms", keyId: kms.keyId, region: kms.region }, kms.env);
        const envelopes = await Promise.all(payloads.map((payload) => envelopeBy(signer, payload)));
        expect(verifiedBy(kms, envelopes)).toEqual(payloads.map(() => [keyidOf(kms)]));
      } finally {
        await kms.stop();
      }
    });

    test("they refuse what we refuse: another payload, type or key", async () => {
      const envelope = await envelopeBy(ed25519Signer(ed25519.privateKey), "{}");
      const changed = [
        { ...envelope, payload: Buffer.from("[]").toString("base64") },
        { ...envelope, payloadType: "text/plain" },
      ];
      expect(verifiedBy(ed25519, changed)).toEqual([[], []]);
      expect(verifiedBy(p256, [envelope])).toEqual([[]]);
    });

    test.each<[TrustedSigner["kind"], Key]>([
      ["ed25519", ed25519],
      ["kms", p256],
    ])("we verify what they sign (%s), to the byte", async (kind, key) => {
      const requests = payloads.map((payload) => ({
        ask: "sign",
        payload,
        payloadType: statementPayloadType,
        privateKey: key.privateKey,
        keyid: keyidOf(key),
      }));
      const trusted = { kind, name: "theirs", publicKey: key.publicKey, assurance: "ci" } as TrustedSigner;
      const envelopes = ask(requests) as readonly Envelope[];
      for (const [index, envelope] of envelopes.entries()) {
        const verified = await verifyStatement({ kind: "dsse", envelope }, [trusted]);
        expect(verified).toEqual({ payload: Buffer.from(payloads[index]!), signer: trusted });
        const edited = { ...envelope, payload: Buffer.from("edited").toString("base64") };
        await expect(verifyStatement({ kind: "dsse", envelope: edited }, [trusted])).rejects.toMatchObject({
          check: "signature-invalid",
        });
      }
    });

    describe.each(["passed", "failed", "undecided"] as const)("evidence of the verdict %s", (outcome) => {
      const gated = new GatedPipeline("insurance-risk", "http://127.0.0.1:1");
      let model: string;
      let evidence: EvidenceFile;

      beforeAll(async () => {
        model = await gated.gate("weights", "none", { outcome });
        const file = join(gated.repository.work, "evidence", "evidence.dsse.json");
        evidence = parseEvidence(readFileSync(file, "utf8"));
      });
      afterAll(() => {
        gated.repository.remove();
      });

      test("is two in-toto statements about the model, signed by the gate", () => {
        const envelopes = [evidence.measures, evidence.summary].map(envelopeOf);
        expect(verifiedBy(gated.key, envelopes)).toEqual(envelopes.map(() => [keyidOf(gated.key)]));
        const subject = [{ name: "insurance-risk", digest: { sha256: model.slice("sha256:".length) } }];
        const type = "https://in-toto.io/Statement/v1";
        expect(ask(envelopes.map((envelope) => ({ ask: "readStatement", envelope })))).toEqual([
          { type, predicateType: "https://slipway.dev/gate-measures/v1", subject },
          { type, predicateType: "https://slsa.dev/verification_summary/v1", subject },
        ]);
      });

      test("is a SLSA verification summary: every required field, and no field that SLSA does not know", () => {
        const summary = ask([{ ask: "readSummary", envelope: envelopeOf(evidence.summary) }]);
        const sha256 = expect.stringMatching(/^[0-9a-f]{64}$/) as string;
        expect(summary).toEqual([
          {
            verifier: { id: "https://slipway.dev/gate" },
            timeVerified: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
            resourceUri: "slipway:insurance-risk",
            policy: { uri: "slipway:insurance-risk/policy/gate", digest: { sha256 } },
            inputAttestations: [{ uri: "https://slipway.dev/gate-measures/v1", digest: { sha256 } }],
            verificationResult: outcome === "passed" ? "PASSED" : "FAILED",
            verifiedLevels: outcome === "passed" ? "SLIPWAY_GATE_PASSED" : "FAILED",
          },
        ]);
      });
    });
  },
);
