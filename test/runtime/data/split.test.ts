import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DataContract } from "../../../lib/blueprint/contract/data-contract";
import type { HeldOutRule } from "../../../lib/blueprint/pipeline/pipeline-document";
import type { DataFile } from "../../../lib/runtime/data/data-file";
import { splitData, type SplitFolders, type SplitReport } from "../../../lib/runtime/data/split";
import { DuckDbSession } from "../../../lib/runtime/duckdb/session";
import { digestFolder } from "../../../lib/runtime/handoff/folder-digest";
import { type ClaimsDocument, claimsContract, property } from "../../blueprint/contract/contracts";
import { DataFolder } from "./data-folder";

const folder = new DataFolder();
afterAll(() => {
  folder.remove();
});

const byKey: HeldOutRule = { fraction: 0.3, from: null, seed: 7 };
const byKeyAndTime: HeldOutRule = { fraction: 0.3, from: 4, seed: 7 };

/** 500 people in five years; cost grows a little with age, women and men alternate, a few costs are missing. */
const people = `SELECT p AS person, y AS year, p % 2 AS female, (20 + (p * 7) % 60)::DOUBLE AS age, p * y AS visits,
  'AB' || (p % 5) AS plan, if(p = 3, NULL, (hash(p * 10 + y) % 1000) + (p * 7) % 60) AS cost
  FROM range(500) a(p), range(1, 6) b(y)`;

/** "Among the highest tenth", 0.1 being the share. */
function topTenth(document: ClaimsDocument): void {
  (property(document, "cost").customProperties as unknown[]).push({ property: "slipwayTopFraction", value: 0.1 });
  property(document, "cost").required = false;
}

let run = 0;
async function split(
  file: DataFile,
  rule: HeldOutRule,
  change: (document: ClaimsDocument) => void = topTenth,
  threads = 2,
): Promise<{ report: SplitReport; folders: SplitFolders; digests: string[] }> {
  const base = join(folder.path, `run-${run++}`);
  mkdirSync(base);
  const folders = { training: join(base, "training"), features: join(base, "features"), labels: join(base, "labels") };
  const contract = DataContract.fromDocument(claimsContract(change));
  const report = await DuckDbSession.with(
    { temporary: folder.path, reads: [file.path], writes: [base], threads },
    (session) => splitData(session, contract, file, rule, folders),
  );
  const digests = await Promise.all(
    Object.values(folders).map(async (each: string) => (await digestFolder(each)).digest),
  );
  return { report, folders, digests };
}

async function query(sql: string, ...files: string[]): Promise<Record<string, unknown>[]> {
  return DuckDbSession.with({ temporary: folder.path, reads: files }, async (session) => [
    ...(await session.rows(sql.replace(/\$(\d)/g, (_, n: string) => `'${files[Number(n) - 1]!}'`))),
  ]);
}

test("each hand-off holds its columns and nothing else", async () => {
  const { report, folders } = await split(await folder.parquet(people), byKey);
  const columns = async (name: keyof SplitFolders): Promise<string[]> => {
    const file = join(folders[name], `${name}.parquet`);
    expect(readdirSync(folders[name])).toEqual([`${name}.parquet`]);
    return (await query("DESCRIBE SELECT * FROM $1", file)).map(
      (row) => `${row.column_name as string} ${row.column_type as string}`,
    );
  };
  expect(await columns("training")).toEqual(["plan VARCHAR", "age DOUBLE", "slipway_label DOUBLE", "slipway_cluster BIGINT"]); // prettier-ignore
  expect(await columns("features")).toEqual(["slipway_row BIGINT", "plan VARCHAR", "age DOUBLE"]);
  expect(await columns("labels")).toEqual(["slipway_row BIGINT", "slipway_label DOUBLE", "slipway_cluster BIGINT", "female VARCHAR"]); // prettier-ignore
  expect(report.rows).toBe(2500);
  expect(report.training.rows + report.heldOut.rows + report.dropped.unlabelled).toBe(2500);
  expect(report.dropped).toMatchObject({ unlabelled: 5, untimed: 0 });
});

test("rows of one key are never torn, and about the asked share of keys is held out", async () => {
  const { report } = await split(await folder.parquet(people), byKey);
  expect(report.training.keys + report.heldOut.keys).toBe(499);
  expect(report.heldOut.rows).toBe(report.heldOut.keys * 5);
  expect(report.heldOut.keys / 499).toBeGreaterThan(0.22);
  expect(report.heldOut.keys / 499).toBeLessThan(0.38);
});

test("with a time, training keys before it and held-out keys from it on remain; the rest is dropped and counted", async () => {
  const file = await folder.parquet(people);
  const whole = (await split(file, byKey)).report;
  const { report } = await split(file, byKeyAndTime);
  expect(report.training).toMatchObject({ keys: whole.training.keys, rows: whole.training.keys * 3 });
  expect(report.heldOut).toMatchObject({ keys: whole.heldOut.keys, rows: whole.heldOut.keys * 2 });
  expect(report.dropped).toEqual({
    unlabelled: 5,
    untimed: 0,
    heldOutKeysBefore: whole.heldOut.keys * 3,
    trainingKeysAfter: whole.training.keys * 2,
  });
});

test("a key stays on its side when the data grows", async () => {
  const label = (document: ClaimsDocument): void => {
    Object.assign(property(document, "plan"), { customProperties: [{ property: "slipwayRole", value: "slice" }] });
    topTenth(document);
  };
  const keyed = people.replace("'AB' || (p % 5)", "'AB' || p");
  const small = await split(await folder.parquet(`${keyed} WHERE p < 250`, "small.parquet"), byKey, label);
  const large = await split(await folder.parquet(keyed, "large.parquet"), byKey, label);
  const [found] = await query(
    "SELECT count(*) AS n FROM (SELECT DISTINCT plan FROM $1) s ANTI JOIN (SELECT DISTINCT plan FROM $2) l USING (plan)",
    join(small.folders.labels, "labels.parquet"),
    join(large.folders.labels, "labels.parquet"),
  );
  expect(Number(found!.n)).toBe(0);
});

test("the label's cut-off comes from the training rows alone", async () => {
  const file = await folder.parquet(people);
  const { report, folders } = await split(file, byKeyAndTime);
  expect(report.training.meanLabel).toBeLessThanOrEqual(0.1);
  expect(report.training.meanLabel).toBeGreaterThan(0.09);
  // Raising every held-out cost makes held-out rows positive and changes nothing in training.
  const raised = await folder.parquet(
    `SELECT * REPLACE (if(year >= 4, cost + 5000, cost) AS cost) FROM (${people})`,
    "r.parquet",
  );
  const again = await split(raised, byKeyAndTime);
  expect(again.report.heldOut.meanLabel).toBe(1);
  expect(await digestFolder(again.folders.training)).toEqual(await digestFolder(folders.training));
  expect(await digestFolder(again.folders.features)).toEqual(await digestFolder(folders.features));
});

test("ties at the cut never make more positives than the fraction", async () => {
  const tied = `SELECT * REPLACE (if(p_rank < 150, 3, if(p_rank < 900, 2, 0)) AS cost) FROM (SELECT *, row_number() OVER (ORDER BY hash(person * 10 + year)) AS p_rank FROM (${people}))`;
  const { report } = await split(await folder.parquet(tied), byKey);
  expect(report.training.meanLabel).toBeGreaterThan(0);
  expect(report.training.meanLabel).toBeLessThanOrEqual(0.1);
});

test("a target that is the label itself is taken as it is", async () => {
  const file = await folder.parquet(`SELECT * REPLACE (cost > 500 AS cost) FROM (${people})`);
  const { report } = await split(file, byKey, (document) => {
    Object.assign(property(document, "cost"), { logicalType: "boolean", logicalTypeOptions: {}, required: false });
  });
  expect(report.training.meanLabel).toBeGreaterThan(0.4);
  expect(report.training.meanLabel).toBeLessThan(0.7);
});

test("features and labels of one row carry the same number, and the order tells nothing of key or label", async () => {
  const { folders } = await split(await folder.parquet(people), byKey);
  const [found] = await query(
    `SELECT count(*) AS n, count(DISTINCT slipway_row) AS distinct_rows, min(slipway_row) AS low, max(slipway_row) AS high,
       abs(corr(slipway_row, slipway_label)) AS by_label, abs(corr(slipway_row, slipway_cluster)) AS by_key
     FROM $1 JOIN $2 USING (slipway_row)`,
    join(folders.features, "features.parquet"),
    join(folders.labels, "labels.parquet"),
  );
  const n = Number(found!.n);
  expect(found).toMatchObject({ distinct_rows: String(n), low: "0", high: String(n - 1) });
  expect(Number(found!.by_label)).toBeLessThan(0.1);
  expect(Number(found!.by_key)).toBeLessThan(0.3);
});

describe("the same data gives the same bytes", () => {
  const wide = people.replace("range(500)", "range(60000)");
  const file = folder.parquet(wide, "wide.parquet");
  const reference = file.then((each) => split(each, byKeyAndTime));

  test.each([
    ["in any order of rows", `SELECT * FROM (${wide}) ORDER BY hash(person + year * 31)`, 2],
    ["on one thread", wide, 1],
    ["on many threads", wide, 7],
  ])("%s", async (_what, sql, threads) => {
    const again = await split(await folder.parquet(sql, "again.parquet"), byKeyAndTime, topTenth, threads);
    expect(again.digests).toEqual((await reference).digests);
  });

  test("and another seed another cut", async () => {
    const again = await split(await file, { ...byKeyAndTime, seed: 8 });
    expect(again.digests).not.toEqual((await reference).digests);
  });
});

describe("what cannot be cut is refused", () => {
  test.each<[string, string, HeldOutRule, string]>([
    ["a leaking column", `SELECT * REPLACE (cost * 2 AS age) FROM (${people})`, byKey, "leaking-column"],
    ["a leaking column, upside down", `SELECT * REPLACE (-cost AS age) FROM (${people})`, byKey, "leaking-column"],
    ["a column filled only after the fact", `SELECT * REPLACE (if(cost > 900, age, NULL) AS age) FROM (${people})`, byKey, "leaking-column"], // prettier-ignore
    ["a leaking text", `SELECT * REPLACE (if(cost > 900, 'HI1', 'LO1') AS plan) FROM (${people})`, byKey, "leaking-column"], // prettier-ignore
    ["rows without a key", `SELECT * REPLACE (nullif(person, 9) AS person) FROM (${people})`, byKey, "group-key-missing"], // prettier-ignore
    ["no held-out rows", people, { ...byKeyAndTime, from: 9 }, "split-empty"],
    ["one cost for all", `SELECT * REPLACE (5 AS cost) FROM (${people})`, byKey, "one-class-label"],
  ])("%s", async (_what, sql, rule, check) => {
    const attempt = split(await folder.parquet(sql), rule);
    await expect(attempt).rejects.toMatchObject({ check });
    if (check === "leaking-column") await expect(attempt).rejects.toThrow(/(age|plan) \(AUC (0\.9|1)/);
  });

  test("unique texts are no leak, and a limit of one's own lets a strong column through", async () => {
    const unique = await folder.parquet(`SELECT * REPLACE ('AB' || (person * 10 + year) AS plan) FROM (${people})`);
    expect((await split(unique, byKey)).report.strengths.map((each) => each.column)).toEqual(["age", "plan"]);
    const leak = await folder.parquet(`SELECT * REPLACE (cost * 2 AS age) FROM (${people})`, "leak.parquet");
    const allowed = await split(leak, byKey, (document) => {
      topTenth(document);
      property(document, "age").customProperties = [{ property: "slipwayLeakageLimit", value: 1 }];
    });
    expect(allowed.report.strengths[0]).toEqual({ column: "age", auc: 1 });
  });

  test("a time that does not fit, and data that does not fit", async () => {
    const file = await folder.parquet(people);
    await expect(split(file, { ...byKey, from: "2024-01-01" })).rejects.toThrow(/heldOut\.from/);
    await expect(split(await folder.parquet(`SELECT * EXCLUDE (age) FROM (${people})`), byKey)).rejects.toThrow(
      /data column age/,
    );
  });
});
