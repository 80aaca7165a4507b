import type { DataContract } from "../../blueprint/contract/data-contract";
import type { DuckDbSession } from "../duckdb/session";
import { RefusedError } from "../refusals";

/**
 * Fills the tables `training` and `held_out` from `cut`: label, cluster number and an opaque row number in the order that the
 * files are written in.
 */
export async function labelRows(session: DuckDbSession, contract: DataContract): Promise<void> {
  const { topFraction } = contract.roles.target;
  const cutOff = topFraction === null ? null : await writeCutOff(session, topFraction);
  const label = cutOff === null ? "slipway_target" : `CAST(slipway_target > (${cutOff}) AS DOUBLE)`;
  for (const side of ["training", "held_out"]) {
    await session.run(
      `CREATE OR REPLACE TEMP TABLE ${side} AS
       WITH keys AS (
         SELECT slipway_key, row_number() OVER (ORDER BY slipway_key) - 1 AS slipway_cluster
         FROM (SELECT DISTINCT slipway_key FROM cut WHERE slipway_side = '${side}'))
       SELECT cut.* EXCLUDE (slipway_key, slipway_keyless, slipway_side, slipway_target, slipway_order1, slipway_order2),
         ${label} AS slipway_label, slipway_cluster,
         row_number() OVER (ORDER BY slipway_order1, slipway_order2, slipway_target) - 1 AS slipway_row
       FROM cut JOIN keys USING (slipway_key) WHERE slipway_side = '${side}'`,
    );
  }
}

/**
 * Keeps the cut-off of "among the highest" in the database: the highest value that is *not* among the top fraction of the training
 * rows. Rows above it carry the label 1, so ties at the cut never make more positives than the fraction. Returns SQL that reads it.
 */
async function writeCutOff(session: DuckDbSession, topFraction: number): Promise<string> {
  const { n } = await session.row("SELECT count(*) AS n FROM cut WHERE slipway_side = 'training'");
  const rows = Number(n);
  // 0.29 of 100 is 28.999999999999996 in floating point; it means 29.
  const positives = Math.floor(topFraction * rows + 1e-9);
  await session.run(
    `CREATE OR REPLACE TEMP TABLE cut_off AS SELECT slipway_target AS value FROM cut
     WHERE slipway_side = 'training' ORDER BY slipway_target DESC LIMIT 1 OFFSET ${positives}`,
  );
  const above = await session.row(
    `SELECT count(*) AS n FROM cut WHERE slipway_side = 'training' AND slipway_target > (SELECT value FROM cut_off)`,
  );
  if (rows > 0 && Number(above.n) === 0) {
    throw new RefusedError(
      "one-class-label",
      `no training row is above the cut-off of the top fraction ${topFraction}: too few rows (${rows}), or too many ties`,
      "Take more data, or change slipwayTopFraction.",
    );
  }
  return "SELECT value FROM cut_off";
}
