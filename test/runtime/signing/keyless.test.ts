import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { attest } from "sigstore";
import type { KeylessSigner as KeylessIdentity, TrustedSigner } from "../../../lib/blueprint/identity";
import { statementPayloadType } from "../../../lib/runtime/signing/dsse";
import { keylessSigner } from "../../../lib/runtime/signing/keyless-signer";
import type { SignedStatement } from "../../../lib/runtime/signing/signer";
import type { SigstoreTrustRoot } from "../../../lib/runtime/signing/sigstore";
import { verifyStatement } from "../../../lib/runtime/signing/verify-statement";
import { LocalSigstore } from "./local-sigstore";

type Keyless = Extract<SignedStatement, { kind: "sigstore" }>;

const issuer = "https://token.actions.githubusercontent.com";
const workflow = "https://github.com/acme/risk/.github/workflows/slipway-risk-delivery.yml@refs/heads/main";
const payload = Buffer.from('{"_type":"https://in-toto.io/Statement/v1"}');

let sigstore: LocalSigstore;
let elsewhere: LocalSigstore;
let root: SigstoreTrustRoot;

beforeAll(async () => {
  sigstore = await LocalSigstore.start();
  elsewhere = await LocalSigstore.start();
  root = sigstore.trustRoot();
});
afterAll(async () => {
  await Promise.all([sigstore.stop(), elsewhere.stop()]);
});

async function signedBy(identity: string, at = sigstore): Promise<Keyless> {
  return (await keylessSigner(at.instance({ iss: issuer, sub: identity })).sign(payload)) as Keyless;
}

function trusting(changes: Partial<KeylessIdentity> = {}): readonly TrustedSigner[] {
  return [{ kind: "keyless", name: "gate", issuer, identity: workflow, assurance: "ci", ...changes }];
}

/** The signed statement with its bundle's JSON changed. */
function edited(signed: Keyless, change: (bundle: MutableBundle) => void): Keyless {
  const bundle = structuredClone(signed.bundle) as unknown as MutableBundle;
  change(bundle);
  return { kind: "sigstore", bundle: bundle as unknown as Keyless["bundle"] };
}

interface MutableBundle {
  dsseEnvelope: { payload: string; payloadType: string; signatures: { sig: string }[] };
  verificationMaterial: {
    certificate: { rawBytes: string };
    tlogEntries: { integratedTime: string; inclusionPromise: { signedEntryTimestamp: string } }[];
  };
}

test("what a job signs with its own identity is verified by certificate, log entry and signature", async () => {
  const signed = await signedBy(workflow);
  const trusted = trusting();
  expect(await verifyStatement(signed, trusted, root)).toEqual({ payload, signer: trusted[0] });
});

test("of several identities it is the one who signed", async () => {
  const [gate] = trusting();
  const others = trusting({ identity: `${workflow}-2`, name: "other" });
  const { signer } = await verifyStatement(await signedBy(workflow), [...others, gate!], root);
  expect(signer).toBe(gate);
});

test.each([
  ["the trusted name within a longer one", `${workflow}-of-a-fork`],
  ["a longer name before it", `https://evil.test/?${workflow}`],
  ["another branch", workflow.replace("refs/heads/main", "refs/heads/main2")],
  ["a name that the trusted one would match as a pattern", workflow.replaceAll(".", "x")],
  ["another line", `${workflow}\n`],
])("%s is not accepted, and named", async (_, identity) => {
  await expect(verifyStatement(await signedBy(identity), trusting(), root)).rejects.toMatchObject({
    name: "RefusedError",
    check: "signer-not-accepted",
    message: expect.stringContaining(identity),
  });
});

test("an identity that reads as a pattern is accepted as nothing but itself", async () => {
  const signed = await signedBy(workflow);
  for (const identity of [".*", `${workflow.slice(0, 30)}.*`, workflow.slice(0, -1)]) {
    await expect(verifyStatement(signed, trusting({ identity }), root)).rejects.toMatchObject({
      check: "signer-not-accepted",
    });
  }
});

test("the same name by the token of another issuer is not accepted", async () => {
  const signed = await keylessSigner(sigstore.instance({ iss: "https://evil.test", sub: workflow })).sign(payload);
  await expect(verifyStatement(signed, trusting(), root)).rejects.toMatchObject({
    check: "signer-not-accepted",
    message: expect.stringContaining("https://evil.test"),
  });
});

test.each<[string, (bundle: MutableBundle) => void]>([
  ["payload", ({ dsseEnvelope }) => (dsseEnvelope.payload = Buffer.from('{"verdict":"passed"}').toString("base64"))],
  ["type", ({ dsseEnvelope }) => (dsseEnvelope.payloadType = "text/plain")],
  ["signature", ({ dsseEnvelope }) => (dsseEnvelope.signatures[0]!.sig = Buffer.alloc(70, 1).toString("base64"))],
  ["time of the log entry", ({ verificationMaterial: { tlogEntries } }) => (tlogEntries[0]!.integratedTime = "1")],
  ["log entries, all of them", ({ verificationMaterial }) => (verificationMaterial.tlogEntries = [])],
  ["certificate", ({ verificationMaterial }) => (verificationMaterial.certificate.rawBytes = "")],
])("a changed %s: signature-invalid", async (_, change) => {
  await expect(verifyStatement(edited(await signedBy(workflow), change), trusting(), root)).rejects.toMatchObject({
    name: "RefusedError",
    check: "signature-invalid",
  });
});

test("the certificate of another signature does not carry over", async () => {
  const [ours, theirs] = [await signedBy(workflow), await signedBy("https://evil.test")];
  const { certificate } = (ours.bundle as unknown as MutableBundle).verificationMaterial;
  const forged = edited(theirs, ({ verificationMaterial }) => (verificationMaterial.certificate = certificate));
  await expect(verifyStatement(forged, trusting(), root)).rejects.toMatchObject({ check: "signature-invalid" });
});

test("the trusted name, certified by a Sigstore that is not trusted: signature-invalid", async () => {
  const signed = await signedBy(workflow, elsewhere);
  await expect(verifyStatement(signed, trusting(), root)).rejects.toMatchObject({ check: "signature-invalid" });
  expect(await verifyStatement(signed, trusting(), elsewhere.trustRoot())).toMatchObject({ payload });
});

test("what was signed as another type is no statement, whoever signed it", async () => {
  const bundle = await attest(payload, "text/plain", sigstore.instance({ iss: issuer, sub: workflow }));
  await expect(verifyStatement({ kind: "sigstore", bundle }, trusting(), root)).rejects.toMatchObject({
    check: "signature-invalid",
    message: expect.stringContaining("text/plain"),
  });
});

/** Nothing listens on this port. */
const nowhere = "http://127.0.0.1:9";

test("a trust root that cannot be reached is a broken environment, and no judgement about the signer", async () => {
  const unreachable = { ...sigstore.trustRoot(), tufMirrorURL: nowhere };
  await expect(verifyStatement(await signedBy(workflow), trusting(), unreachable)).rejects.toMatchObject({
    name: "BrokenEnvironmentError",
    message: expect.stringContaining("trust root cannot be had"),
    remedy: expect.stringContaining("TUF"),
  });
});

test("many statements are verified by one trust root, asked for once", async () => {
  const [signed, fresh] = [await signedBy(workflow), sigstore.trustRoot()];
  const before = sigstore.asked.length;
  await Promise.all([1, 2, 3].map(() => verifyStatement(signed, trusting(), fresh)));
  await verifyStatement(signed, trusting(), fresh);
  const asked = sigstore.asked.slice(before);
  expect(asked.filter((path) => path === "/targets/trusted_root.json")).toHaveLength(1);
  expect(asked.filter((path) => path === "/timestamp.json")).toHaveLength(1);
});

test("a trust root that could not be reached is asked for again", async () => {
  const { tufRootPath, ...rest } = sigstore.trustRoot();
  const signed = await signedBy(workflow);
  const [missing, there] = [join(dirname(tufRootPath!), "later.json"), readFileSync(tufRootPath!)];
  const later = { ...rest, tufRootPath: missing };
  await expect(verifyStatement(signed, trusting(), later)).rejects.toMatchObject({ name: "BrokenEnvironmentError" });
  writeFileSync(missing, there);
  expect(await verifyStatement(signed, trusting(), later)).toMatchObject({ payload });
});

test("a trust root that its keys did not sign is a broken environment too", async () => {
  const mixed = { ...sigstore.trustRoot(), tufRootPath: elsewhere.trustRoot().tufRootPath! };
  await expect(verifyStatement(await signedBy(workflow), trusting(), mixed)).rejects.toMatchObject({
    name: "BrokenEnvironmentError",
  });
});

test("a job that Sigstore does not certify is a broken environment, with the way out", async () => {
  const instance = { ...sigstore.instance({ iss: issuer, sub: workflow }), fulcioURL: nowhere, rekorURL: nowhere };
  await expect(keylessSigner(instance).sign(Buffer.from("{}"))).rejects.toMatchObject({
    name: "BrokenEnvironmentError",
    message: expect.stringContaining("keyless signing did not work"),
    remedy: expect.stringContaining("id-token: write"),
  });
});

test("a bundle is accepted by no environment that names keys only, and nothing is asked of Sigstore", async () => {
  const signed: SignedStatement = {
    kind: "sigstore",
    bundle: {
      mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
      verificationMaterial: { certificate: { rawBytes: "" }, tlogEntries: [], timestampVerificationData: undefined },
      dsseEnvelope: { payloadType: statementPayloadType, payload: "e30=", signatures: [{ keyid: "", sig: "" }] },
    } as unknown as Keyless["bundle"],
  };
  await expect(verifyStatement(signed, [], { tufMirrorURL: nowhere })).rejects.toMatchObject({
    check: "signer-not-accepted",
  });
});
