import type { ModelSignature } from "../../blueprint/serving/model-signature";
import { quoteText } from "../duckdb/literals";
import { DuckDbSession, type Row } from "../duckdb/session";
import { RefusedError } from "../refusals";
import type { ExampleRequest } from "../serving/example-request";

/** Requests are sent again and again; more than this many different ones tell a server nothing new. */
const mostRequests = 1_000;

/** DuckDB's integers that may be longer than a JSON number: they come as text. */
const LONG_INTEGER = /^(U?BIGINT|U?HUGEINT|DECIMAL.*)$/;

/** Held-out rows to ask a served model about, and how. */
export interface HeldOutRequests {
  /** `features.parquet` of the hand-off. */
  readonly features: string;
  /** Checked predictions of the same model for the same rows; `null` where nobody predicted them. */
  readonly predictions: string | null;
  /** Folder for temporary files. */
  readonly temporary: string;
  /** Only its inputs are sent; `null` sends every feature. */
  readonly signature: ModelSignature | null;
  readonly rowsPerRequest: number;
}

/**
 * Requests from held-out rows, in MLflow's `dataframe_split` form, with the scores that the gate judged where they are known: the load
 * looks like what the model was judged on. Which rows is drawn from their numbers, so the same rows make the same load.
 *
 * @throws RefusedError `features-missing` when the model asks for a column that is no feature
 */
export async function heldOutRequests(asked: HeldOutRequests): Promise<readonly ExampleRequest[]> {
  const { features, predictions, temporary, signature, rowsPerRequest } = asked;
  const reads = predictions === null ? [features] : [features, predictions];
  return await DuckDbSession.with({ temporary, reads }, async (duckdb) => {
    const file = `read_parquet(${quoteText(features)})`;
    const described = await duckdb.rows(`DESCRIBE SELECT * FROM ${file}`);
    const types = new Map(described.map((row) => [String(row.column_name), String(row.column_type)]));
    const columns = columnsAskedFor([...types.keys()], signature);
    const [score, join] =
      predictions === null
        ? ["NULL", ""]
        : ["p.score", `JOIN read_parquet(${quoteText(predictions)}) p ON p.slipway_row = f.slipway_row`];
    const rows = await duckdb.rows(
      `SELECT f.*, ${score} AS slipway_score FROM ${file} f ${join}
       ORDER BY hash(f.slipway_row), f.slipway_row LIMIT ${mostRequests * rowsPerRequest}`,
    );
    const groups = Array.from({ length: Math.ceil(rows.length / rowsPerRequest) }, (_, index) =>
      rows.slice(index * rowsPerRequest, (index + 1) * rowsPerRequest),
    );
    return groups.map((group) => ({
      body: JSON.stringify({
        dataframe_split: {
          columns,
          data: group.map((row) => columns.map((column) => jsonValue(row, column, types.get(column)!))),
        },
      }),
      rows: group.length,
      expected: predictions === null ? null : group.map((row) => Number(row.slipway_score)),
    }));
  });
}

/** Columns that requests name, with what the signature says of each. */
export function namedInputs(
  signature: ModelSignature | null,
): readonly { readonly name: string; readonly type: string; readonly required: boolean }[] {
  return (signature?.inputs ?? []).flatMap(({ name, type, required }) =>
    name === null ? [] : [{ name, type, required }],
  );
}

function columnsAskedFor(features: readonly string[], signature: ModelSignature | null): readonly string[] {
  const known = features.filter((name) => name !== "slipway_row");
  const inputs = namedInputs(signature);
  if (inputs.length === 0) return known;
  const missing = inputs.filter(({ name, required }) => required && !known.includes(name)).map(({ name }) => name);
  if (missing.length > 0) {
    throw new RefusedError(
      "features-missing",
      `the model's signature asks for columns that are no features: ${missing.join(", ")}`,
      "Train on features of the contract only.",
    );
  }
  return inputs.map(({ name }) => name).filter((name) => known.includes(name));
}

function jsonValue(row: Row, column: string, type: string): unknown {
  const value = row[column] ?? null;
  return value !== null && LONG_INTEGER.test(type) ? Number(value) : value;
}
