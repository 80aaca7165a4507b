import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { fileSha256 } from "../file-sha256";
import { quoteText } from "../duckdb/literals";
import { DuckDbSession } from "../duckdb/session";
import { RefusedError } from "../refusals";

interface Files {
  /** Name of the model, for messages. */
  readonly model: string;
  readonly features: string;
  /** What the predicting code wrote, Parquet or CSV: foreign, and read with no access to anything else. */
  readonly predictions: string;
  /** Where the checked predictions go. */
  readonly kept: string;
}

/**
 * Checks that every held-out row has exactly one finite score, and writes the predictions anew: two columns, sorted by row, nothing
 * else of the foreign file.
 *
 * @returns sha256 of the file that was written, hex
 */
export async function keepPredictions({ model, features, predictions, kept }: Files): Promise<string> {
  const read = (await isParquet(predictions)) ? "read_parquet" : "read_csv";
  const files = { temporary: dirname(predictions), reads: [features, predictions], writes: [dirname(kept)] };
  await DuckDbSession.with(files, async (duckdb) => {
    await takeOver(duckdb, `${read}(${quoteText(predictions)})`, model);
    const counts = await duckdb.row(countsOf(features));
    const { rows, scored, repeated, missing, unknown, odd } = counts as unknown as Counts;
    if (repeated + missing + unknown > 0) {
      throw new RefusedError(
        "predictions-incomplete",
        `the ${model} model's ${scored} predictions are not one for each of the ${rows} held-out rows: ` +
          `${missing} rows without one, ${repeated} predicted more than once, ${unknown} rows that were not asked for`,
        "Predict every row of $SLIPWAY_FEATURES once and copy its slipway_row.",
      );
    }
    if (odd > 0) {
      throw new RefusedError(
        "predictions-not-numbers",
        `${odd} of the ${model} model's ${rows} scores are missing, NaN or infinite`,
        "Give every row a finite score.",
      );
    }
    await duckdb.run(
      `COPY (SELECT slipway_row, score FROM predictions ORDER BY slipway_row) TO ${quoteText(kept)} (FORMAT parquet)`,
    );
  });
  return await fileSha256(kept);
}

interface Counts {
  readonly rows: number;
  readonly scored: number;
  readonly repeated: number;
  readonly missing: number;
  readonly unknown: number;
  readonly odd: number;
}

async function takeOver(duckdb: DuckDbSession, source: string, model: string): Promise<void> {
  try {
    await duckdb.run(
      `CREATE TABLE predictions AS
         SELECT CAST(slipway_row AS BIGINT) AS slipway_row, CAST(score AS DOUBLE) AS score FROM ${source}`,
    );
  } catch (error) {
    throw new RefusedError(
      "predictions-unreadable",
      `the ${model} model's predictions cannot be read: ${(error as Error).message.split("\n")[0]!}`,
      "Write Parquet or CSV with the columns slipway_row (whole numbers) and score (numbers).",
    );
  }
}

function countsOf(features: string): string {
  return `
    WITH asked AS (SELECT slipway_row FROM read_parquet(${quoteText(features)})),
         given AS (SELECT slipway_row, count(*) AS times FROM predictions GROUP BY ALL)
    SELECT (SELECT count(*) FROM asked)::DOUBLE AS rows,
           (SELECT count(*) FROM predictions)::DOUBLE AS scored,
           (SELECT count(*) FROM given WHERE times > 1)::DOUBLE AS repeated,
           (SELECT count(*) FROM asked ANTI JOIN given USING (slipway_row))::DOUBLE AS missing,
           (SELECT count(*) FROM given ANTI JOIN asked USING (slipway_row))::DOUBLE AS unknown,
           (SELECT count(*) FROM predictions WHERE score IS NULL OR NOT isfinite(score))::DOUBLE AS odd`;
}

async function isParquet(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.toString("latin1", 0, bytesRead) === "PAR1";
  } finally {
    await handle.close();
  }
}
