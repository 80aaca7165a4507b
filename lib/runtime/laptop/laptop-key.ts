import { createPrivateKey, createPublicKey } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { hostname, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { createSigningKeyPair } from "../keys/signing-key-pair";
import type { PublicKeySigner } from "../../blueprint/identity";
import type { Variables } from "../command-context";
import { BrokenEnvironmentError } from "../refusals";
import { configFolder } from "../user-folders";

/** The key that signs what this machine measured, and how an environment would name it to trust it. */
export interface LaptopKey {
  readonly path: string;
  /** PKCS#8 PEM. */
  readonly privateKey: string;
  readonly signer: PublicKeySigner;
  /** Whether it was made just now. */
  readonly isNew: boolean;
}

/**
 * Reads the user's ed25519 key, or makes it on first use; nobody but the user can read the file.
 *
 * @throws BrokenEnvironmentError when the file holds something else
 */
export async function laptopKey(env: Variables): Promise<LaptopKey> {
  const path = join(configFolder(env), "laptop-key.pem");
  const isNew = await createOnce(path);
  const privateKey = await readFile(path, "utf8");
  return { path, privateKey, signer: signerOf(privateKey, path), isNew };
}

/** The exclusive flag lets two runs that start at once agree on one key. */
async function createOnce(path: string): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const { privateKey } = createSigningKeyPair();
  try {
    await writeFile(path, privateKey, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw new BrokenEnvironmentError(
      `the laptop's signing key cannot be written to ${path} (${(error as NodeJS.ErrnoException).code ?? "unknown error"})`,
      "Make the folder writable, or name another one in XDG_CONFIG_HOME.",
    );
  }
}

function signerOf(pem: string, path: string): PublicKeySigner {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType !== "ed25519") throw new Error("not ed25519");
    const publicKey = createPublicKey(key).export({ type: "spki", format: "pem" }).toString();
    return { kind: "ed25519", name: `${userInfo().username}@${hostname()}`, publicKey, assurance: "laptop" };
  } catch {
    // What the file holds is never shown, because it may be half a key.
    throw new BrokenEnvironmentError(
      `${path} is no ed25519 private key`,
      "Move the file away; the next run makes a new key.",
    );
  }
}
