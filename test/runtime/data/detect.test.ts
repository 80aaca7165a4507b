import { join } from "node:path";
import type { TriggerDocument } from "../../../lib/blueprint/pipeline/pipeline-document";
import { claimsContract } from "../../blueprint/contract/contracts";
import { ModelRepository } from "../a-model-repository";

const nightly = "17 2 * * *";
const weekly = "17 4 * * 1";
const drifting = "17 3 * * *";
const name = "insurance-risk";

let repository: ModelRepository;
afterEach(() => {
  repository.remove();
});

function claims(people: number): string {
  const lines = Array.from(
    { length: people * 2 },
    (_, i) => `${i >> 1},${i % 2},${(i * 37) % 1000},AB${i % 7},${i % 2},${20 + (i % 50)},${i}\n`,
  );
  return `person,year,cost,plan,female,age,visits\n${lines.join("")}`;
}

async function withPeople(people: number, minLabelledRows = 800): Promise<void> {
  const triggers: TriggerDocument[] = [
    { kind: "push" },
    { kind: "schedule", cron: weekly },
    { kind: "newData", minLabelledRows, cron: nightly },
    { kind: "drift", cron: drifting },
  ];
  const heldOut = { fraction: 0.5, from: null, seed: 1 };
  repository = new ModelRepository({
    name,
    root: ".",
    heldOut,
    triggers,
    data: { kind: "file", path: "c.csv", sample: null },
  });
  repository.write(`.slipway/${name}.json`, JSON.stringify({ ...repository.manifest, contract: claimsContract() }));
  repository.write("c.csv", claims(people));
  await repository.slipway(["acquire"]);
}

/** Held-out rows of so many people, as the evidence of a model of that time counts them. */
async function heldOutRows(people: number): Promise<number> {
  await withPeople(people);
  const { document } = await repository.slipway(["split"]);
  repository.remove();
  return (document.heldOut as { rows: number }).rows;
}

function keepEvidence(rows: number, data: string, measuredAt = "2026-01-01T00:00:00Z", outcome = "passed"): void {
  const statement = {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name, digest: { sha256: "0".repeat(64) } }],
    predicateType: "https://slipway.dev/gate-measures/v1",
    predicate: { measuredAt, inputs: { data }, verdict: { outcome, rows } },
  };
  const payload = Buffer.from(JSON.stringify(statement)).toString("base64");
  const envelope = { payloadType: "application/vnd.in-toto+json", payload, signatures: [] };
  const signed = { kind: "dsse", envelope };
  const file = { kind: "slipway.evidence", version: 1, measures: signed, summary: signed };
  repository.write(`store/evidence/${name}/${"0".repeat(64)}/${measuredAt.slice(0, 10)}.json`, JSON.stringify(file));
}

function fileDrift(foundAt: string): void {
  const finding = {
    kind: "slipway.drift-finding",
    version: 1,
    foundAt,
    feature: "age",
    measure: "populationStabilityIndex",
  };
  repository.write(
    `store/drift/${name}/${foundAt.slice(0, 10)}.json`,
    JSON.stringify({ ...finding, value: 0.4, limit: 0.2 }),
  );
}

async function detect(schedule?: string): Promise<Record<string, unknown>> {
  const called = await repository.slipway(["detect"], {
    SLIPWAY_STORE: `file://${join(repository.folder, "store")}`,
    ...(schedule === undefined ? {} : { SLIPWAY_EVENT: "schedule", SLIPWAY_SCHEDULE: schedule }),
  });
  expect([called.exitCode, called.stderr]).toEqual([0, ""]);
  expect(called.document.outputs).toEqual({ due: String(called.document.due) });
  return called.document;
}

test("only a run that was started to look is ever stopped", async () => {
  await withPeople(50);
  keepEvidence(50, await repository.digest("data"));
  expect(await detect()).toMatchObject({ due: true });
  expect(await detect(weekly)).toMatchObject({ due: true });
  expect(await detect(nightly)).toMatchObject({ due: false });
});

describe("newData", () => {
  test("before the first model, any data is new", async () => {
    await withPeople(50);
    expect(await detect(nightly)).toMatchObject({ due: true, reason: "no model is registered yet" });
  });

  test.each([
    [800, true],
    [1300, false],
  ])("1000 new rows, %s asked for: due is %s", async (asked, due) => {
    const before = await heldOutRows(1000);
    await withPeople(1500, asked);
    keepEvidence(before, "sha256:of-then");
    keepEvidence(9999, "sha256:refused", "2026-02-01T00:00:00Z", "failed");
    expect(await detect(nightly)).toMatchObject({ due });
  });
});

describe("drift", () => {
  test.each([
    ["2026-01-02T00:00:00Z", true],
    ["2025-12-31T00:00:00Z", false],
  ])("found at %s, model of 2026-01-01: due is %s", async (foundAt, due) => {
    await withPeople(50);
    keepEvidence(50, "sha256:of-then");
    fileDrift(foundAt);
    expect(await detect(drifting)).toMatchObject({ due });
  });

  test("what is no finding is told, not passed over", async () => {
    await withPeople(50);
    repository.write(`store/drift/${name}/x.json`, "{}");
    const env = { SLIPWAY_STORE: `file://${join(repository.folder, "store")}` };
    const called = await repository.slipway(["detect"], {
      ...env,
      SLIPWAY_EVENT: "schedule",
      SLIPWAY_SCHEDULE: drifting,
    });
    expect(called).toMatchObject({ exitCode: 2 });
    expect(called.stderr).toContain("is no drift finding");
  });
});

test("a time that no trigger has is told", async () => {
  await withPeople(50);
  const called = await repository.slipway(["detect"], { SLIPWAY_EVENT: "schedule", SLIPWAY_SCHEDULE: "0 0 * * *" });
  expect(called).toMatchObject({ exitCode: 2 });
  expect(called.stderr).toContain("is the time of no trigger");
});
