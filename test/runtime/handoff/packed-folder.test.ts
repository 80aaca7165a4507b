import { mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { digestFolder } from "../../../lib/runtime/handoff/folder-digest";
import { packHandoff, unpackHandoff } from "../../../lib/runtime/handoff/packed-folder";
import { createHandoffKeyPair, type HandoffKeyPair } from "../../../lib/runtime/handoff/sodium";
import { WorkFolder } from "../../../lib/runtime/work-folder";
import { temporaryFolder } from "../temporary-folder";
import { writeFiles } from "../write-files";

const top = temporaryFolder();
let folders = 0;
const newWork = (): WorkFolder => WorkFolder.from({ SLIPWAY_WORK: join(top, `work-${folders++}`) }, top);
const someDigest = `sha256:${"0".repeat(64)}`;

let keys: HandoffKeyPair;
beforeAll(async () => {
  keys = await createHandoffKeyPair();
});
const giver = (): Record<string, string> => ({ SLIPWAY_HANDOFF_RECIPIENT: keys.recipient });
const taker = (): Record<string, string> => ({ SLIPWAY_HANDOFF_KEY: keys.key });

/** The work folder of a job that received sealed labels. */
async function sealedLabels(content: Uint8Array): Promise<{ work: WorkFolder; digest: string }> {
  const work = newWork();
  writeFiles(work.handoff("labels"), { "labels.parquet": content, "other.parquet": "other" });
  const { digest, sealed } = await packHandoff("labels", work, giver());
  expect(sealed).toBe(true);
  rmSync(work.handoff("labels"), { recursive: true });
  return { work, digest };
}

test.each([0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3_500_000])("%d bytes come back as they were", async (size) => {
  const content = Buffer.alloc(size, "0123456789abcdef");
  const { work, digest } = await sealedLabels(content);
  await unpackHandoff("labels", digest, work, taker());
  expect(readFileSync(join(work.handoff("labels"), "labels.parquet")).equals(content)).toBe(true);
  expect((await digestFolder(work.handoff("labels"))).digest).toBe(digest);
});

test("nothing of the content shows in what travels", async () => {
  const { work } = await sealedLabels(Buffer.from("the secret label ".repeat(1000)));
  for (const name of readdirSync(work.packed("labels"))) {
    expect(readFileSync(join(work.packed("labels"), name)).includes("secret")).toBe(false);
  }
});

test("any changed byte of any sealed file is refused", async () => {
  const { work, digest } = await sealedLabels(Buffer.alloc(100, 7));
  const files = readdirSync(work.packed("labels")).filter((name) => name.endsWith(".sealed"));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...files), fc.nat(), fc.integer({ min: 1, max: 255 }), async (name, at, flip) => {
      const file = join(work.packed("labels"), name);
      const honest = readFileSync(file);
      const changed = Buffer.from(honest);
      changed[at % changed.length]! ^= flip;
      writeFileSync(file, changed);
      await expect(unpackHandoff("labels", digest, work, taker())).rejects.toMatchObject({
        check: "handoff-seal-broken",
      });
      writeFileSync(file, honest);
    }),
    { numRuns: 60 },
  );
  await unpackHandoff("labels", digest, work, taker());
});

test.each([1, 17, 24, 1000, (1 << 20) + 17])("a file cut off by %d bytes is refused", async (bytes) => {
  const { work, digest } = await sealedLabels(Buffer.alloc(1_500_000, 7));
  const file = join(work.packed("labels"), "0.sealed");
  const content = readFileSync(file);
  writeFileSync(file, content.subarray(0, content.length - bytes));
  await expect(unpackHandoff("labels", digest, work, taker())).rejects.toMatchObject({ check: "handoff-seal-broken" });
});

test("two files that changed places are refused", async () => {
  const { work, digest } = await sealedLabels(Buffer.from("other"));
  const [a, b] = ["0.sealed", "1.sealed"].map((name) => join(work.packed("labels"), name)) as [string, string];
  const content = readFileSync(a);
  writeFileSync(a, readFileSync(b));
  writeFileSync(b, content);
  await expect(unpackHandoff("labels", digest, work, taker())).rejects.toMatchObject({ check: "handoff-seal-broken" });
});

test("sealed again with other labels by whoever knows the public key: refused by the digest", async () => {
  const { digest } = await sealedLabels(Buffer.from("honest"));
  const { work } = await sealedLabels(Buffer.from("forged"));
  await expect(unpackHandoff("labels", digest, work, taker())).rejects.toMatchObject({
    check: "handoff-digest-mismatch",
  });
});

test("a key that is missing, or another one, is a broken environment and not a refusal", async () => {
  const { work, digest } = await sealedLabels(Buffer.from("x"));
  await expect(unpackHandoff("labels", digest, work, {})).rejects.toThrow("SLIPWAY_HANDOFF_KEY is not set");
  const other = await createHandoffKeyPair();
  await expect(unpackHandoff("labels", digest, work, { SLIPWAY_HANDOFF_KEY: other.key })).rejects.toMatchObject({
    name: "BrokenEnvironmentError",
    message: expect.stringContaining("sealed for"),
  });
});

test("a job whose recipient has no value does not send labels open", async () => {
  const work = newWork();
  writeFiles(work.handoff("labels"), { "labels.parquet": "x" });
  await expect(packHandoff("labels", work, { SLIPWAY_HANDOFF_RECIPIENT: "" })).rejects.toThrow("is not set");
  expect(readdirSync(work.packed("labels"))).toEqual([]);
});

test("what is not confidential travels open, and is held against its digest", async () => {
  const work = newWork();
  writeFiles(work.handoff("model"), { MLmodel: "m", "data/weights": "w" });
  const { digest, sealed } = await packHandoff("model", work, giver());
  expect(sealed).toBe(false);
  rmSync(work.handoff("model"), { recursive: true });
  await unpackHandoff("model", digest, work, {});
  expect((await digestFolder(work.handoff("model"))).digest).toBe(digest);
  writeFileSync(join(work.packed("model"), "data/weights"), "v");
  await expect(unpackHandoff("model", digest, work, {})).rejects.toMatchObject({ check: "handoff-digest-mismatch" });
  expect((await digestFolder(work.handoff("model"))).digest).toBe(digest);
});

test("links in a packed folder are refused", async () => {
  const work = newWork();
  mkdirSync(work.packed("model"), { recursive: true });
  symlinkSync("/etc/passwd", join(work.packed("model"), "weights"));
  await expect(unpackHandoff("model", someDigest, work, {})).rejects.toMatchObject({ name: "InvalidInputError" });
});

test.each(["../outside", "/etc/passwd", "a/../../b"])("an index that names %j is refused", async (path) => {
  const { work, digest } = await sealedLabels(Buffer.from("x"));
  const file = join(work.packed("labels"), "sealed.json");
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), files: [path, "b"] }));
  await expect(unpackHandoff("labels", digest, work, taker())).rejects.toMatchObject({ check: "handoff-seal-broken" });
});
