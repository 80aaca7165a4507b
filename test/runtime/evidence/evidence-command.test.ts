import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSigningKeyPair } from "../../../lib/runtime/keys/signing-key-pair";
import { policyDigest } from "../../../lib/blueprint/policy/quality-policy";
import type { Called } from "../a-model-repository";
import { GatedPipeline, policyWithLimit, type GateChanges } from "../promotion/a-gated-model";

const hour = 3_600_000;
let gated: GatedPipeline;
let model: string;

beforeEach(async () => {
  gated = new GatedPipeline("insurance-risk", "http://127.0.0.1:1");
  model = await gated.gate("weights", "none");
});
afterEach(() => {
  gated.repository.remove();
});

const file = (): string => join(gated.repository.work, "evidence", "evidence.dsse.json");
const verify = (args: readonly string[] = [], env: Record<string, string> = {}): Promise<Called> =>
  gated.repository.slipway(["evidence", "verify", ...args], { ...gated.env, ...env });

interface Signed {
  envelope: { payload: string; signatures: { keyid: string; sig: string }[] };
}

/** Rewrites the file as someone without the key would. */
function edit(change: (evidence: { measures: Signed; summary: Signed }) => void): void {
  const evidence = JSON.parse(readFileSync(file(), "utf8")) as { measures: Signed; summary: Signed };
  change(evidence);
  writeFileSync(file(), JSON.stringify(evidence));
}

function editPayload(signed: Signed, from: string, to: string): void {
  const text = Buffer.from(signed.envelope.payload, "base64").toString("utf8");
  expect(text).toContain(from);
  signed.envelope.payload = Buffer.from(text.replaceAll(from, to)).toString("base64");
}

test("evidence as the gate wrote it holds, and is about this very model", async () => {
  const folder = join(gated.repository.work, "model");
  expect(await verify(["--model", folder, "--production", "none"])).toMatchObject({
    exitCode: 0,
    document: { verified: true, model },
  });
});

test("show prints without believing, outside a repository and without keys", async () => {
  edit(({ measures }) => {
    editPayload(measures, '"value": 0.75', '"value": 0.99');
  });
  const called = await gated.repository.slipway(["evidence", "show", file()]);
  expect(called).toMatchObject({ exitCode: 0, document: { verified: false } });
});

const otherDigest = `sha256:${"9".repeat(64)}`;

describe("each way of cheating is refused by its own name", () => {
  interface Cheat {
    readonly cheat?: () => unknown;
    readonly args?: readonly string[];
    readonly env?: () => Record<string, string>;
  }

  const editing = (change: (evidence: { measures: Signed; summary: Signed }) => void): Cheat => ({
    cheat: () => {
      edit(change);
    },
  });
  const measured = (measures: NonNullable<GateChanges["measures"]>): Cheat => ({
    cheat: () => gated.gate("weights", "none", { measures }),
  });
  const hoursLater = (hours: number): Cheat => ({
    cheat: () => (gated.repository.now = new Date(gated.repository.now.getTime() + hours * hour)),
  });
  const otherPolicies = { gate: otherDigest, serving: otherDigest, drift: otherDigest };

  test.each<[string, string, Cheat]>([
    [
      "an edited metric",
      "signature-invalid",
      editing(({ measures }) => {
        editPayload(measures, '"value": 0.75', '"value": 0.99');
      }),
    ],
    [
      "another model's digest written into signed evidence",
      "signature-invalid",
      editing(({ measures }) => {
        editPayload(measures, model.slice("sha256:".length), "9".repeat(64));
      }),
    ],
    [
      "an edited summary",
      "signature-invalid",
      editing(({ summary }) => {
        editPayload(summary, "PASSED", "passed");
      }),
    ],
    [
      "signatures taken away",
      "signer-not-accepted",
      editing(({ measures }) => {
        measures.envelope.signatures = [];
      }),
    ],
    [
      "an unlisted signer",
      "signer-not-accepted",
      { cheat: () => gated.gate("weights", "none", { key: createSigningKeyPair() }) },
    ],
    [
      "the summary of other measures",
      "statements-disagree",
      { cheat: () => mixTwo({ measures: { gitRevision: "f".repeat(40) } }) },
    ],
    ["evidence of another version", "other-model", { args: ["--model", otherDigest] }],
    [
      "an edited model file",
      "other-model",
      { cheat: () => gated.repository.put("model", "weights.bin", "others"), args: ["--model", "MODEL"] },
    ],
    ["evidence of another repository", "other-repository", measured({ repository: "acme/other" })],
    ["evidence of another pipeline", "other-pipeline", measured({ pipeline: "other" })],
    ["another policy", "policy-not-accepted", measured({ policyDigests: otherPolicies })],
    [
      "a policy that is accepted no more",
      "policy-not-accepted",
      {
        env: () => ({
          SLIPWAY_ACCEPTED_POLICIES: JSON.stringify({ gate: [policyDigest(policyWithLimit(0.8), "gate")] }),
        }),
      },
    ],
    ["another production", "other-production", { args: ["--production", otherDigest] }],
    ["evidence that is too old", "evidence-too-old", hoursLater(73)],
    ["evidence from the future", "evidence-from-the-future", hoursLater(-1)],
    [
      "a model that failed its gate",
      "verdict-not-passed",
      { cheat: () => gated.gate("weights", "none", { outcome: "failed" }) },
    ],
  ])("%s: %s", async (_, check, { cheat, args = [], env }) => {
    await cheat?.();
    const folder = join(gated.repository.work, "model");
    const called = await verify(
      args.map((arg) => (arg === "MODEL" ? folder : arg)),
      env?.(),
    );
    expect(called).toMatchObject({ exitCode: 3, document: { outcome: "refused" } });
    expect(called.document.error?.check).toBe(check);
  });

  test("a laptop's key that claims to be CI: assurance-overstated", async () => {
    const laptop = { kind: "ed25519", name: "ann", publicKey: gated.key.publicKey, assurance: "laptop" };
    const called = await verify([], { SLIPWAY_SIGNERS: JSON.stringify([laptop]) });
    expect(called).toMatchObject({ exitCode: 3, document: { error: { check: "assurance-overstated" } } });
  });
});

test("an environment that names nobody, or no policy, is broken rather than generous", async () => {
  expect(await verify([], { SLIPWAY_SIGNERS: "" })).toMatchObject({ exitCode: 5 });
  expect(await verify([], { SLIPWAY_ACCEPTED_POLICIES: "" })).toMatchObject({ exitCode: 5 });
});

test("what is no evidence is bad input", async () => {
  writeFileSync(file(), "{}");
  expect(await verify()).toMatchObject({ exitCode: 2 });
  expect(await verify([join(gated.repository.folder, "nowhere")])).toMatchObject({ exitCode: 2 });
});

/** Both halves are the gate's own and rightly signed, but they belong to different runs. */
async function mixTwo(changes: GateChanges): Promise<void> {
  const first = JSON.parse(readFileSync(file(), "utf8")) as { measures: Signed; summary: Signed };
  await gated.gate("weights", "none", changes);
  edit((second) => {
    second.summary = first.summary;
  });
}
