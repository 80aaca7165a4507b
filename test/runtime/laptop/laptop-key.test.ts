import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { laptopKey } from "../../../lib/runtime/laptop/laptop-key";
import { temporaryFolder } from "../temporary-folder";

const folder = temporaryFolder();
const newHome = (): string => mkdtempSync(join(folder, "config-"));

test("is made once, for its user's eyes only, and used again", async () => {
  const env = { XDG_CONFIG_HOME: newHome() };
  const first = await laptopKey(env);
  const again = await laptopKey(env);
  expect(first.isNew).toBe(true);
  expect(again).toEqual({ ...first, isNew: false });
  expect(statSync(first.path).mode & 0o777).toBe(0o600);
  expect(createPublicKey(first.signer.publicKey).asymmetricKeyType).toBe("ed25519");
  expect(first.signer.assurance).toBe("laptop");
});

test("runs that start at once agree on one key", async () => {
  const env = { XDG_CONFIG_HOME: newHome() };
  const keys = await Promise.all(Array.from({ length: 8 }, () => laptopKey(env)));
  expect(new Set(keys.map(({ privateKey }) => privateKey)).size).toBe(1);
  expect(keys.filter(({ isNew }) => isNew)).toHaveLength(1);
});

test.each([
  ["half a key", "-----BEGIN PRIVATE KEY-----\nMC4CAQ"],
  ["a key of another kind", generateKeyPairSync("x25519").privateKey.export({ type: "pkcs8", format: "pem" })],
])("%s is refused, and not shown", async (_, content) => {
  const home = newHome();
  const { path } = await laptopKey({ XDG_CONFIG_HOME: home });
  writeFileSync(path, content);
  const refused = laptopKey({ XDG_CONFIG_HOME: home });
  await expect(refused).rejects.toMatchObject({
    message: `${join(home, "slipway", "laptop-key.pem")} is no ed25519 private key`,
    remedy: expect.stringContaining("Move the file away"),
  });
});
