import { createPublicKey } from "node:crypto";
import type { TrustedSigner } from "../../blueprint/identity";
import { Problems } from "../../blueprint/problems";
import type { Variables } from "../command-context";
import { BrokenEnvironmentError } from "../refusals";

/**
 * Whose signatures this environment accepts, from the variable `SLIPWAY_SIGNERS`. It is set by the platform's program on the
 * environment, never read from the checkout.
 *
 * @throws BrokenEnvironmentError when the variable is missing
 * @throws InvalidInputError when it cannot be read as a list of signers
 */
export function trustedSigners(env: Variables): readonly TrustedSigner[] {
  const text = env.SLIPWAY_SIGNERS;
  if (text === undefined || text === "") {
    throw new BrokenEnvironmentError(
      "SLIPWAY_SIGNERS is not set: this environment trusts nobody's evidence",
      "Deploy the platform program, which sets it on the environment, and run in a job of that environment.",
    );
  }
  const problems = new Problems();
  const signers = readList(text, problems);
  signers.forEach((signer, index) => {
    checkSigner(signer as Partial<Record<string, unknown>>, `[${index}]`, problems);
  });
  problems.throwIfAny("SLIPWAY_SIGNERS");
  return signers as readonly TrustedSigner[];
}

const remedy = "Deploy the platform program again; it writes this variable.";

function readList(text: string, problems: Problems): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return value;
    problems.add("(value)", value, "is no list", remedy);
  } catch {
    problems.add("(value)", text, "is not JSON", remedy);
  }
  return [];
}

function checkSigner(signer: Partial<Record<string, unknown>>, path: string, problems: Problems): void {
  const needs = signer.kind === "keyless" ? ["name", "issuer", "identity"] : ["name", "publicKey"];
  if (!["ed25519", "kms", "keyless"].includes(signer.kind as string)) {
    problems.add(`${path}.kind`, signer.kind, "is no kind of signer", "Use ed25519, kms or keyless.");
  }
  if (signer.assurance !== "ci" && signer.assurance !== "laptop") {
    problems.add(`${path}.assurance`, signer.assurance, "is neither ci nor laptop", remedy);
  }
  for (const name of needs) {
    if (typeof signer[name] !== "string" || signer[name] === "") {
      problems.add(`${path}.${name}`, signer[name], "is missing", remedy);
    }
  }
  if (typeof signer.publicKey === "string" && signer.publicKey !== "" && !isPublicKey(signer.publicKey)) {
    problems.add(`${path}.publicKey`, signer.publicKey, "is no public key in PEM", remedy);
  }
}

function isPublicKey(pem: string): boolean {
  try {
    createPublicKey(pem);
    return !pem.includes("PRIVATE KEY");
  } catch {
    return false;
  }
}
