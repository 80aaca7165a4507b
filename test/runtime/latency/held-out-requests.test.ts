import { join } from "node:path";
import type { ModelSignature } from "../../../lib/blueprint/serving/model-signature";
import { quoteText } from "../../../lib/runtime/duckdb/literals";
import { DuckDbSession } from "../../../lib/runtime/duckdb/session";
import { heldOutRequests } from "../../../lib/runtime/latency/held-out-requests";
import { temporaryFolder } from "../temporary-folder";

const folder = temporaryFolder();
const features = join(folder, "features.parquet");
const predictions = join(folder, "predictions.parquet");

beforeAll(async () => {
  await DuckDbSession.with({ temporary: folder, writes: [folder] }, async (duckdb) => {
    await duckdb.run(
      `COPY (SELECT i::BIGINT AS slipway_row, (i * 10)::BIGINT AS visits, i / 4.0 AS income,
                    CASE WHEN i = 3 THEN NULL ELSE 'plan ' || i END AS plan, i % 2 = 0 AS insured
             FROM range(5) t(i)) TO ${quoteText(features)} (FORMAT parquet)`,
    );
    await duckdb.run(
      `COPY (SELECT i::BIGINT AS slipway_row, i / 10.0 AS score FROM range(5) t(i)) TO ${quoteText(predictions)} (FORMAT parquet)`,
    );
  });
});

interface Split {
  readonly dataframe_split: { readonly columns: readonly string[]; readonly data: readonly (readonly unknown[])[] };
}

const asked = { features, predictions, temporary: folder, signature: null, rowsPerRequest: 1 };

test("rows become requests with numbers as numbers, gaps as null, and the score that was judged", async () => {
  const requests = await heldOutRequests(asked);
  expect(requests).toHaveLength(5);
  for (const { body, rows, expected } of requests) {
    const { columns, data } = (JSON.parse(body) as Split).dataframe_split;
    expect([columns, rows]).toEqual([["visits", "income", "plan", "insured"], 1]);
    const row = Math.round(expected![0]! * 10);
    expect(data).toEqual([[row * 10, row / 4, row === 3 ? null : `plan ${row}`, row % 2 === 0]]);
  }
});

test("the same rows make the same requests, as many rows in each as asked for", async () => {
  const requests = await heldOutRequests({ ...asked, rowsPerRequest: 2 });
  expect(requests.map(({ rows }) => rows)).toEqual([2, 2, 1]);
  expect(await heldOutRequests({ ...asked, rowsPerRequest: 2 })).toEqual(requests);
});

test("only what the signature names is sent, in its order; what may be left out may be missing", async () => {
  const column = (name: string, required = true) => ({ name, type: "double", required });
  const signature: ModelSignature = {
    inputs: [column("plan"), column("visits"), column("later", false)],
    outputs: [],
  };
  const [first] = await heldOutRequests({ ...asked, predictions: null, signature });
  expect((JSON.parse(first!.body) as Split).dataframe_split.columns).toEqual(["plan", "visits"]);
  expect(first!.expected).toBeNull();
  await expect(
    heldOutRequests({ ...asked, signature: { inputs: [column("site")], outputs: [] } }),
  ).rejects.toMatchObject({ check: "features-missing" });
});
