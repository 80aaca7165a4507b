import { chmodSync, copyFileSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as fc from "fast-check";
import { aPromotion } from "./a-promotion";
import { createSigningKeyPair } from "../../../lib/runtime/keys/signing-key-pair";
import type { TrustedSigner } from "../../../lib/blueprint/identity";
import { sealRecord, verifiedRecords } from "../../../lib/runtime/records/open-record";
import { appendRecord, readRecords } from "../../../lib/runtime/records/promotion-records";
import { RefusedError } from "../../../lib/runtime/refusals";
import { ed25519Signer } from "../../../lib/runtime/signing/ed25519-signer";
import { DirectoryStore } from "../../../lib/runtime/store/directory-store";
import { type Promotion, promotionStatement } from "../../../lib/verdict/evidence/promotion-statement";
import { temporaryFolder } from "../temporary-folder";

const key = createSigningKeyPair();
const trusted: TrustedSigner = { kind: "ed25519", name: "ci", publicKey: key.publicKey, assurance: "ci" };
const open = verifiedRecords([trusted]);
const folder = temporaryFolder();
let stores = 0;

function newStore(): { readonly store: DirectoryStore; readonly path: string } {
  const path = join(folder, String(++stores));
  return { store: new DirectoryStore(path), path };
}

async function append(store: DirectoryStore, next: Promotion, signedBy = key): Promise<string> {
  const model = `sha256:${String(next.number).repeat(64).slice(0, 64)}`;
  const bytes = await sealRecord(promotionStatement(model, next), ed25519Signer(signedBy.privateKey));
  return await appendRecord(store, next, bytes);
}

async function chain(length: number) {
  const made = newStore();
  let previous: string | null = null;
  for (let number = 1; number <= length; number++) previous = await append(made.store, aPromotion(number, previous));
  return made;
}

/** The versions in the chain, or the name of the refusal. */
async function read(store: DirectoryStore): Promise<string | readonly string[]> {
  try {
    const records = await readRecords(store, "claims", "production", open);
    return records.map(({ promotion: { registered } }) => registered.version);
  } catch (error) {
    if (error instanceof RefusedError) return error.check;
    throw error;
  }
}

function file(path: string, number: number): string {
  return join(path, "records/claims/production", `${String(number).padStart(6, "0")}.dsse.json`);
}

test("no record is an empty chain", async () => {
  expect(await read(newStore().store)).toEqual([]);
});

test("what was appended is read back in order, also beyond nine", async () => {
  const { store } = await chain(12);
  expect(await read(store)).toEqual(["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"]);
});

test("of two promotions with one number the second is refused, and the first stands", async () => {
  const { store } = await chain(1);
  await expect(append(store, aPromotion(1, null, { promotedBy: "eve" }))).rejects.toMatchObject({
    check: "promotion-conflict",
  });
  expect((await readRecords(store, "claims", "production", open))[0]!.promotion.promotedBy).toBe("ann");
});

test("any record of a chain that is dropped, swapped or repeated breaks it", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: 5 }),
      fc.nat(),
      fc.nat(),
      fc.constantFrom("drop", "swap", "repeat"),
      async (length, first, second, how) => {
        const { store, path } = await chain(length);
        // Without its last record a chain still holds: the registry's alias is what notices that.
        const one = 1 + (first % (length - 1));
        const other = one + 1 + (second % (length - one));
        if (how === "drop") rmSync(file(path, one));
        if (how === "repeat") copyFileSync(file(path, one), file(path, length + 1));
        if (how === "swap") {
          renameSync(file(path, one), `${path}/aside`);
          renameSync(file(path, other), file(path, one));
          renameSync(`${path}/aside`, file(path, other));
        }
        expect(await read(store)).toBe("record-chain-broken");
      },
    ),
    { numRuns: 60 },
  );
});

test("any changed byte of a record is refused", async () => {
  const { store, path } = await chain(2);
  const original = readFileSync(file(path, 1));
  chmodSync(file(path, 1), 0o644);
  await fc.assert(
    fc.asyncProperty(fc.nat(original.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
      const changed = Buffer.from(original);
      changed[at]! ^= change;
      writeFileSync(file(path, 1), changed);
      expect(typeof (await read(store))).toBe("string");
    }),
    { numRuns: 300 },
  );
});

test.each([
  ["of another environment", { environment: "staging" }],
  ["of another pipeline", { pipeline: "other" }],
  ["that says it is the third", { number: 3 }],
  ["that follows nothing", { previous: null }],
])("a record %s is refused where the second should be", async (_, changes) => {
  const { store, path } = await chain(1);
  const previous = (await readRecords(store, "claims", "production", open))[0]!.digest;
  const wrong = { ...aPromotion(2, previous), ...changes };
  const bytes = await sealRecord(promotionStatement(`sha256:${"2".repeat(64)}`, wrong), ed25519Signer(key.privateKey));
  writeFileSync(file(path, 2), bytes);
  expect(await read(store)).toBe("record-chain-broken");
});

test("other files among the records are refused", async () => {
  const { store, path } = await chain(1);
  writeFileSync(join(dirname(file(path, 1)), "notes.txt"), "x");
  expect(await read(store)).toBe("record-chain-broken");
});

test("a record of a signer who is not trusted, or of a laptop that claims to be the CI, is refused", async () => {
  const stranger = createSigningKeyPair();
  const { store } = newStore();
  await append(store, aPromotion(1, null), stranger);
  expect(await read(store)).toBe("signer-not-accepted");
  const laptop = verifiedRecords([{ ...trusted, publicKey: stranger.publicKey, assurance: "laptop" }]);
  await expect(readRecords(store, "claims", "production", laptop)).rejects.toMatchObject({
    check: "assurance-overstated",
    message: expect.stringContaining("records/claims/production/000001.dsse.json"),
  });
});
