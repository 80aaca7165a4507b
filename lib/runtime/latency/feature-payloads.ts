import type { ModelSignature } from "../../blueprint/serving/model-signature";
import { quoteText } from "../duckdb/literals";
import { DuckDbSession, type Row } from "../duckdb/session";
import { RefusedError } from "../refusals";

/** Bodies are sent again and again; more than this many tell a server nothing new. */
const mostBodies = 1_000;

/** DuckDB's integers that may be longer than a JSON number: they come as text. */
const LONG_INTEGER = /^(U?BIGINT|U?HUGEINT|DECIMAL.*)$/;

/** Held-out rows to ask a served model about, and how. */
export interface FeaturePayloads {
  /** `features.parquet` of the hand-off. */
  readonly features: string;
  /** Folder for temporary files. */
  readonly temporary: string;
  /** Only its inputs are sent; `null` sends every feature. */
  readonly signature: ModelSignature | null;
  readonly rowsPerRequest: number;
}

/**
 * Request bodies from held-out rows, in MLflow's `dataframe_split` form: the load looks like what the model was judged on. Which rows
 * is drawn from their numbers, so the same rows make the same load.
 *
 * @throws RefusedError `features-missing` when the model asks for a column that is no feature
 */
export async function featurePayloads(asked: FeaturePayloads): Promise<readonly string[]> {
  const { features, temporary, signature, rowsPerRequest } = asked;
  return await DuckDbSession.with({ temporary, reads: [features] }, async (duckdb) => {
    const file = `read_parquet(${quoteText(features)})`;
    const types = new Map(
      (await duckdb.rows(`DESCRIBE SELECT * FROM ${file}`)).map((row) => [
        String(row.column_name),
        String(row.column_type),
      ]),
    );
    const columns = columnsAskedFor([...types.keys()], signature);
    const rows = await duckdb.rows(
      `SELECT * FROM ${file} ORDER BY hash(slipway_row), slipway_row LIMIT ${mostBodies * rowsPerRequest}`,
    );
    const values = rows.map((row) => columns.map((column) => jsonValue(row, column, types.get(column)!)));
    return Array.from({ length: Math.ceil(values.length / rowsPerRequest) }, (_, index) =>
      JSON.stringify({
        dataframe_split: { columns, data: values.slice(index * rowsPerRequest, (index + 1) * rowsPerRequest) },
      }),
    );
  });
}

function columnsAskedFor(features: readonly string[], signature: ModelSignature | null): readonly string[] {
  const known = features.filter((name) => name !== "slipway_row");
  const inputs = (signature?.inputs ?? []).filter(({ name }) => name !== null);
  if (inputs.length === 0) return known;
  const missing = inputs.filter(({ name, required }) => required && !known.includes(name!)).map(({ name }) => name!);
  if (missing.length > 0) {
    throw new RefusedError(
      "features-missing",
      `the model's signature asks for columns that are no features: ${missing.join(", ")}`,
      "Train on features of the contract only.",
    );
  }
  return inputs.map(({ name }) => name!).filter((name) => known.includes(name));
}

function jsonValue(row: Row, column: string, type: string): unknown {
  const value = row[column] ?? null;
  return value !== null && LONG_INTEGER.test(type) ? Number(value) : value;
}
