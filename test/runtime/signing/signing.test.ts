import { execFileSync } from "node:child_process";
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { createSigningKeyPair } from "../../../lib/runtime/keys/signing-key-pair";
import type { TrustedSigner } from "../../../lib/blueprint/identity";
import { RefusedError } from "../../../lib/runtime/refusals";
import { preAuthEncoding, statementPayloadType } from "../../../lib/runtime/signing/dsse";
import { ed25519Signer } from "../../../lib/runtime/signing/ed25519-signer";
import { openSigner } from "../../../lib/runtime/signing/open-signer";
import type { SignedStatement } from "../../../lib/runtime/signing/signer";
import { trustedSigners } from "../../../lib/runtime/signing/trusted-signers";
import { verifyStatement } from "../../../lib/runtime/signing/verify-statement";

const key = createSigningKeyPair();
const trusted: TrustedSigner = { kind: "ed25519", name: "gate", publicKey: key.publicKey, assurance: "ci" };

type Dsse = Extract<SignedStatement, { kind: "dsse" }>;

async function signed(text: string): Promise<Dsse> {
  return (await ed25519Signer(key.privateKey).sign(Buffer.from(text))) as Dsse;
}

async function refusedAs(statement: SignedStatement, signers: readonly TrustedSigner[]): Promise<string | null> {
  try {
    await verifyStatement(statement, signers);
    return null;
  } catch (error) {
    if (error instanceof RefusedError) return error.check;
    throw error;
  }
}

test("the pre-authentication encoding is that of the specification", () => {
  // Example of https://github.com/secure-systems-lab/dsse/blob/master/protocol.md
  const encoded = preAuthEncoding("http://example.com/HelloWorld", Buffer.from("hello world"));
  expect(encoded.toString()).toBe("DSSEv1 29 http://example.com/HelloWorld 11 hello world");
});

test("what was signed is what is read back, by the signer who signed it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string(), async (text) => {
      const verified = await verifyStatement(await signed(text), [trusted]);
      expect(verified.payload.toString()).toBe(Buffer.from(text).toString());
      expect(verified.signer).toBe(trusted);
    }),
    { numRuns: 50 },
  );
});

test("any changed byte of payload or signature is refused", async () => {
  const { envelope } = await signed('{"verdict":"passed"}');
  const flip = (base64: string, at: number): string => {
    const bytes = Buffer.from(base64, "base64");
    bytes[at % bytes.length]! ^= 1;
    return bytes.toString("base64");
  };
  await fc.assert(
    fc.asyncProperty(fc.nat(200), async (at) => {
      const payload = { kind: "dsse", envelope: { ...envelope, payload: flip(envelope.payload, at) } } as const;
      expect(await refusedAs(payload, [trusted])).toBe("signature-invalid");
      const [{ keyid, sig }] = envelope.signatures as [Dsse["envelope"]["signatures"][number]];
      const signature = {
        kind: "dsse",
        envelope: { ...envelope, signatures: [{ keyid, sig: flip(sig, at) }] },
      } as const;
      expect(await refusedAs(signature, [trusted])).toBe("signature-invalid");
    }),
  );
});

test("a signer who is not listed, no signature, and another type are refused by name", async () => {
  const statement = await signed("{}");
  const stranger: TrustedSigner = { ...trusted, publicKey: createSigningKeyPair().publicKey };
  expect(await refusedAs(statement, [stranger])).toBe("signer-not-accepted");
  expect(await refusedAs(statement, [])).toBe("signer-not-accepted");
  expect(await refusedAs({ kind: "dsse", envelope: { ...statement.envelope, signatures: [] } }, [trusted])).toBe(
    "signer-not-accepted",
  );
  expect(
    await refusedAs({ kind: "dsse", envelope: { ...statement.envelope, payloadType: "text/plain" } }, [trusted]),
  ).toBe("signature-invalid");
});

test("a stranger who writes a trusted key's id over his own signature is refused", async () => {
  const theirs = (await ed25519Signer(createSigningKeyPair().privateKey).sign(Buffer.from("{}"))) as Dsse;
  const ours = await signed("{}");
  const forged = {
    ...theirs.envelope,
    signatures: [{ keyid: ours.envelope.signatures[0]!.keyid, sig: theirs.envelope.signatures[0]!.sig }],
  };
  expect(await refusedAs({ kind: "dsse", envelope: forged }, [trusted])).toBe("signature-invalid");
});

test("openssl verifies our signature", async () => {
  const { envelope } = await signed('{"an":"independent verifier"}');
  const folder = mkdtempSync(join(tmpdir(), "slipway-dsse-"));
  try {
    const write = (name: string, content: string | Buffer): string => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    const message = write("message", preAuthEncoding(statementPayloadType, Buffer.from(envelope.payload, "base64")));
    const signature = write("signature", Buffer.from(envelope.signatures[0]!.sig, "base64"));
    const publicKey = write("key.pem", key.publicKey);
    const verdict = execFileSync(
      "openssl",
      ["pkeyutl", "-verify", "-pubin", "-inkey", publicKey, "-rawin", "-in", message, "-sigfile", signature],
      { encoding: "utf8" },
    );
    expect(verdict).toContain("Signature Verified Successfully");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe("what a job holds", () => {
  test("no key, half a key and a key of another kind are told apart from a good one, and never shown", () => {
    const rsa = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    }).privateKey;
    expect(() => openSigner({ kind: "ed25519" }, {})).toThrow("this job has no signing key");
    for (const wrong of [key.privateKey.slice(0, 60), rsa]) {
      expect(() => openSigner({ kind: "ed25519" }, { SLIPWAY_SIGNING_KEY: wrong })).toThrow(
        /^SLIPWAY_SIGNING_KEY is not an ed25519 private key in PEM$/,
      );
    }
  });

  test("a laptop signs with its own key, whatever the pipeline's CI signs with", () => {
    const env = { GITHUB_ACTIONS: "true", SLIPWAY_ASSURANCE: "laptop", SLIPWAY_SIGNING_KEY: key.privateKey };
    expect(openSigner({ kind: "keyless" }, env).name).toMatch(/^ed25519 key sha256:/);
  });

  test("the environment's signers are read whole or refused with every problem", () => {
    expect(trustedSigners({ SLIPWAY_SIGNERS: JSON.stringify([trusted]) })).toEqual([trusted]);
    expect(() => trustedSigners({})).toThrow("trusts nobody");
    const wrong = [
      { kind: "rsa", name: "", publicKey: "none", assurance: "high" },
      { kind: "keyless", name: "ci", assurance: "ci" },
    ];
    expect(() => trustedSigners({ SLIPWAY_SIGNERS: JSON.stringify(wrong) })).toThrow(/6 problems/);
    expect(() =>
      trustedSigners({ SLIPWAY_SIGNERS: JSON.stringify([{ ...trusted, publicKey: key.privateKey }]) }),
    ).toThrow("no public key");
  });
});

test("key ids do not depend on how the PEM is wrapped", async () => {
  const rewrapped = createPublicKey(key.publicKey)
    .export({ type: "spki", format: "pem" })
    .toString()
    .replace(/\n$/, "\r\n");
  expect(await refusedAs(await signed("{}"), [{ ...trusted, publicKey: rewrapped }])).toBeNull();
});
