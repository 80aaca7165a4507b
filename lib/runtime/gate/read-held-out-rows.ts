import type { DuckDBDataChunk, DuckDBResult } from "@duckdb/node-api";
import { quoteIdentifier } from "../../blueprint/contract/select-statement";
import type { CodedColumn, HeldOutRows } from "../../verdict/held-out-rows";
import { quoteText } from "../duckdb/literals";
import type { DuckDbSession } from "../duckdb/session";
import { RefusedError } from "../refusals";
import type { HeldOutFiles } from "./held-out-files";

/** Columns of the labels file that are not group or slice columns. */
const ownColumns = ["slipway_row", "slipway_label", "slipway_cluster"];

/**
 * Reads labels and every model's scores, joined by row number. A row that a model did not score comes with NaN, which fails what is
 * judged on it.
 *
 * @throws RefusedError `predictions-of-other-rows` when a model scored rows that are not held out, or one twice
 */
export async function readHeldOutRows(session: DuckDbSession, files: HeldOutFiles): Promise<HeldOutRows> {
  const models = [
    ["candidate", files.candidate] as const,
    ...(files.production === null ? [] : [["production", files.production] as const]),
    ...[...files.anchors].map(([digest, file]) => [digest, file] as const),
  ];
  for (const [model, file] of models) await refuseOtherRows(session, files.labels, model, file);
  const groups = await groupColumns(session, files.labels);
  const { count } = await countRows(session, files.labels);
  const scores = models.map(() => new Float64Array(count));
  const rows = { label: new Float64Array(count), cluster: new Int32Array(count) };
  const coders = groups.map(() => new ColumnCoder(count));
  let clusters = 0;
  await eachChunk(await session.stream(joinOf(files.labels, models, groups)), (chunk, first) => {
    fillNumbers(rows.label, chunk, 0, first);
    const numbers = chunk.getColumnValues(1);
    numbers.forEach((value, index) => {
      const cluster = Number(value);
      rows.cluster[first + index] = cluster;
      clusters = Math.max(clusters, cluster + 1);
    });
    scores.forEach((score, index) => {
      fillNumbers(score, chunk, 2 + index, first);
    });
    coders.forEach((coder, index) => {
      coder.add(chunk.getColumnValues(2 + scores.length + index) as (string | null)[], first);
    });
  });
  const firstAnchor = files.production === null ? 1 : 2;
  return {
    count,
    ...rows,
    clusters,
    score: scores[0]!,
    productionScore: files.production === null ? null : scores[1]!,
    anchorScores: new Map([...files.anchors.keys()].map((digest, index) => [digest, scores[firstAnchor + index]!])),
    columns: new Map(groups.map((name, index) => [name, coders[index]!.column])),
  };
}

function joinOf(labels: string, models: readonly (readonly [string, string])[], groups: readonly string[]): string {
  const scores = models.map((_, index) => `model${index}.score AS score${index}`);
  const joins = models.map(
    ([, file], index) => `LEFT JOIN read_parquet(${quoteText(file)}) AS model${index} USING (slipway_row)`,
  );
  const columns = [
    "CAST(slipway_label AS DOUBLE)",
    "CAST(slipway_cluster AS INTEGER)",
    ...scores,
    ...groups.map((name) => `CAST(labels.${quoteIdentifier(name)} AS VARCHAR)`),
  ];
  return `SELECT ${columns.join(", ")} FROM read_parquet(${quoteText(labels)}) AS labels ${joins.join(" ")} ORDER BY slipway_row`;
}

async function refuseOtherRows(session: DuckDbSession, labels: string, model: string, file: string): Promise<void> {
  const found = await session.row(`
    WITH given AS (SELECT slipway_row, count(*) AS times FROM read_parquet(${quoteText(file)}) GROUP BY ALL)
    SELECT (SELECT count(*) FROM given ANTI JOIN read_parquet(${quoteText(labels)}) USING (slipway_row)) AS unknown,
           (SELECT count(*) FROM given WHERE times > 1) AS repeated`);
  if (Number(found.unknown) + Number(found.repeated) === 0) return;
  throw new RefusedError(
    "predictions-of-other-rows",
    `the predictions of model ${model} are not about these held-out rows: ${String(found.unknown)} rows are unknown, ${String(found.repeated)} come more than once`,
    "Run slipway predict on the features of this very split.",
  );
}

async function groupColumns(session: DuckDbSession, labels: string): Promise<readonly string[]> {
  const described = await session.rows(`DESCRIBE SELECT * FROM read_parquet(${quoteText(labels)})`);
  return described.map((column) => String(column.column_name)).filter((name) => !ownColumns.includes(name));
}

async function countRows(session: DuckDbSession, labels: string): Promise<{ readonly count: number }> {
  const { count } = await session.row(`SELECT count(*) AS count FROM read_parquet(${quoteText(labels)})`);
  return { count: Number(count) };
}

async function eachChunk(result: DuckDBResult, use: (chunk: DuckDBDataChunk, firstRow: number) => void): Promise<void> {
  let first = 0;
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    use(chunk, first);
    first += chunk.rowCount;
  }
}

function fillNumbers(into: Float64Array, chunk: DuckDBDataChunk, column: number, first: number): void {
  chunk.getColumnValues(column).forEach((value, index) => {
    into[first + index] = value === null ? Number.NaN : Number(value);
  });
}

/** Turns a text column into codes as its values come by. */
class ColumnCoder {
  private readonly codes: Int32Array;
  private readonly codeOf = new Map<string, number>();

  public constructor(count: number) {
    this.codes = new Int32Array(count);
  }

  public add(values: readonly (string | null)[], first: number): void {
    values.forEach((value, index) => {
      this.codes[first + index] = value === null ? -1 : this.code(value);
    });
  }

  public get column(): CodedColumn {
    return { codes: this.codes, values: [...this.codeOf.keys()] };
  }

  private code(text: string): number {
    const known = this.codeOf.get(text);
    if (known !== undefined) return known;
    this.codeOf.set(text, this.codeOf.size);
    return this.codeOf.size - 1;
  }
}
