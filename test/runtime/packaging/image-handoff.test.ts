import { canonicalText } from "../../../lib/blueprint/manifest/canonical-text";
import { createSigningKeyPair } from "../../../lib/runtime/keys/signing-key-pair";
import { verifiedImage } from "../../../lib/runtime/packaging/image-handoff";
import { ed25519Signer } from "../../../lib/runtime/signing/ed25519-signer";
import { statementBytes } from "../../../lib/runtime/signing/statement-text";
import { type ImageStatement, imageStatement } from "../../../lib/verdict/evidence/image-statement";

const key = createSigningKeyPair();
const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const trusted = [{ kind: "ed25519", name: "packager", publicKey: key.publicKey, assurance: "ci" }] as const;
const of = { model: digest("a"), pipeline: "risk" };

const statement = imageStatement(
  "registry.example.org/risk",
  digest("1"),
  {
    pipeline: "risk",
    repository: "acme/risk",
    model: of.model,
    base: { reference: `python:3.11@${digest("b")}`, digest: digest("b") },
    lock: { file: "requirements.txt", digest: digest("c") },
    platforms: ["linux/amd64"],
    server: null,
  },
  { manifestDigest: digest("d"), version: "0.1.0", run: null },
);

async function signed(about: object = statement, by = key): Promise<Uint8Array> {
  return Buffer.from(canonicalText(await ed25519Signer(by.privateKey).sign(statementBytes(about as ImageStatement))));
}

test("gives the digest of the image that holds the model", async () => {
  expect(await verifiedImage(await signed(), trusted, of)).toBe(digest("1"));
});

test.each([
  ["another model", { ...of, model: digest("e") }, /holds model sha256:a+ of pipeline risk, not sha256:e+ of risk/],
  ["another pipeline", { ...of, pipeline: "claims" }, /not sha256:a+ of claims/],
])("refuses an image of %s", async (_, wanted, says) => {
  await expect(verifiedImage(await signed(), trusted, wanted)).rejects.toMatchObject({
    check: "image-of-other-model",
    message: expect.stringMatching(says),
  });
});

test("refuses a signer that is not trusted", async () => {
  const bytes = await signed(statement, createSigningKeyPair());
  await expect(verifiedImage(bytes, trusted, of)).rejects.toMatchObject({ check: "signer-not-accepted" });
});

test("refuses a statement that was changed after it was signed", async () => {
  const document = JSON.parse(Buffer.from(await signed()).toString()) as { envelope: { payload: string } };
  const { envelope } = document;
  const changed = Buffer.from(envelope.payload, "base64")
    .toString()
    .replace(digest("a").slice(7), digest("e").slice(7));
  envelope.payload = Buffer.from(changed).toString("base64");
  const bytes = Buffer.from(JSON.stringify(document));
  const refused = verifiedImage(bytes, trusted, { ...of, model: digest("e") });
  await expect(refused).rejects.toMatchObject({ check: "signature-invalid" });
});

test.each(["", "{}", canonicalText(statement)])("takes no statement without a signature: %.20s", async (text) => {
  await expect(verifiedImage(Buffer.from(text), trusted, of)).rejects.toMatchObject({
    problems: [{ says: "is no signed statement" }],
  });
});

test("refuses what was built in another way, and what is about several images", async () => {
  const { predicate, subject } = statement;
  const buildDefinition = { ...predicate.buildDefinition, buildType: "https://example.org/by-hand" };
  for (const other of [
    { ...statement, predicate: { ...predicate, buildDefinition } },
    { ...statement, subject: [...subject, ...subject] },
  ])
    await expect(verifiedImage(await signed(other), trusted, of)).rejects.toMatchObject({
      check: "not-a-package-statement",
    });
});
