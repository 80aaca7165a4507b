import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createSigningKeyPair } from "../../../lib/runtime/keys/signing-key-pair";
import type { TrustedSigner } from "../../../lib/blueprint/identity";
import {
  type EvidenceFile,
  parseEvidence,
  signEvidence,
  unverifiedMeasures,
  verifyEvidence,
} from "../../../lib/runtime/evidence/evidence-file";
import { ed25519Signer } from "../../../lib/runtime/signing/ed25519-signer";
import { keylessSigner } from "../../../lib/runtime/signing/keyless-signer";
import type { Signer } from "../../../lib/runtime/signing/signer";
import type { GateMeasuresStatement } from "../../../lib/verdict/evidence/gate-measures";
import { GatedPipeline } from "../promotion/a-gated-model";
import { LocalSigstore } from "../signing/local-sigstore";

let statement: GateMeasuresStatement;

beforeAll(async () => {
  const gated = new GatedPipeline("insurance-risk", "http://127.0.0.1:1");
  await gated.gate("weights", "none");
  const text = readFileSync(join(gated.repository.work, "evidence", "evidence.dsse.json"), "utf8");
  statement = unverifiedMeasures(parseEvidence(text));
  gated.repository.remove();
});

/** Measures by one signer, their summary by another: both say the truth, and neither was changed. */
async function signedByTwo(measures: Signer, summary: Signer): Promise<EvidenceFile> {
  return { ...(await signEvidence(statement, measures)), summary: (await signEvidence(statement, summary)).summary };
}

describe("one signer makes both statements", () => {
  const [gate, other] = [createSigningKeyPair(), createSigningKeyPair()];
  const trust = (name: string, { publicKey }: typeof gate, assurance: "ci" | "laptop" = "ci"): TrustedSigner => ({
    kind: "ed25519",
    name,
    publicKey,
    assurance,
  });

  test.each(["ci", "laptop"] as const)("a summary by another accepted signer (%s) is refused", async (assurance) => {
    const signers = [trust("the gate", gate), trust("somebody else", other, assurance)];
    const mixed = await signedByTwo(ed25519Signer(gate.privateKey), ed25519Signer(other.privateKey));
    await expect(verifyEvidence(mixed, signers)).rejects.toMatchObject({
      check: "signers-differ",
      message: "the measures are signed by the gate, their summary by somebody else",
    });
    const turned = await signedByTwo(ed25519Signer(other.privateKey), ed25519Signer(gate.privateKey));
    await expect(verifyEvidence(turned, signers)).rejects.toMatchObject({ check: "signers-differ" });
  });

  test("a summary by a signer who is not accepted at all is refused as that", async () => {
    const mixed = await signedByTwo(ed25519Signer(gate.privateKey), ed25519Signer(other.privateKey));
    await expect(verifyEvidence(mixed, [trust("the gate", gate)])).rejects.toMatchObject({
      check: "signer-not-accepted",
    });
  });

  test("while a key is rotated, evidence of the old and of the new one is accepted", async () => {
    const signers = [trust("old", gate), trust("new", other)];
    for (const [key, signer] of [
      [gate, signers[0]],
      [other, signers[1]],
    ] as const) {
      const evidence = await signEvidence(statement, ed25519Signer(key.privateKey));
      expect(await verifyEvidence(evidence, signers)).toMatchObject({ signer });
    }
  });
});

describe("signed keyless", () => {
  const issuer = "https://token.actions.githubusercontent.com";
  const workflow = (name: string): string => `https://github.com/acme/risk/.github/workflows/${name}@refs/heads/main`;
  const trust = (name: string): TrustedSigner => ({
    kind: "keyless",
    name,
    issuer,
    identity: workflow(name),
    assurance: "ci",
  });
  const signers = [trust("delivery.yml"), trust("nightly.yml")];
  const signedIn = (name: string): Signer => keylessSigner(sigstore.instance({ iss: issuer, sub: workflow(name) }));
  let sigstore: LocalSigstore;

  beforeAll(async () => {
    sigstore = await LocalSigstore.start();
  });
  afterAll(() => sigstore.stop());

  test("evidence holds by the workflow that made it, and reads back what was measured", async () => {
    const evidence = await signEvidence(statement, signedIn("delivery.yml"));
    const read = parseEvidence(JSON.stringify(evidence));
    expect(await verifyEvidence(read, signers, sigstore.trustRoot())).toMatchObject({
      measures: statement,
      summary: { predicate: { verificationResult: "PASSED" } },
      signer: signers[0],
    });
  });

  test("another accepted workflow's summary is refused", async () => {
    const mixed = await signedByTwo(signedIn("delivery.yml"), signedIn("nightly.yml"));
    await expect(verifyEvidence(mixed, signers, sigstore.trustRoot())).rejects.toMatchObject({
      check: "signers-differ",
    });
  });
});
