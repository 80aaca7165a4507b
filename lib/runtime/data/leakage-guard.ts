import { numericTypes } from "../../blueprint/contract/contract-column";
import type { DataContract } from "../../blueprint/contract/data-contract";
import { quoteIdentifier } from "../../blueprint/contract/select-statement";
import type { DuckDbSession } from "../duckdb/session";
import { RefusedError } from "../refusals";
import type { TypedColumn } from "./typed-columns";

/** How well one feature alone tells the training label. */
export interface FeatureStrength {
  readonly column: string;
  /** Area under the ROC curve in the better direction, 0.5 to 1; `null` when the label has one class only. */
  readonly auc: number | null;
}

/**
 * Measures each feature alone against the training label and refuses those that tell it better than the contract's limit: such a
 * column was most likely written after the fact.
 *
 * Numbers and times are ranked, missing values once below and once above all others. Texts and booleans are ranked by the share of
 * positives that their value has in the other half of the keys, so that a column of unique texts proves nothing. A label that is a
 * quantity counts as positive above its median.
 *
 * @throws RefusedError `leaking-column`, naming every such column
 */
export async function refuseLeaks(
  session: DuckDbSession,
  contract: DataContract,
  columns: ReadonlyMap<string, TypedColumn>,
): Promise<readonly FeatureStrength[]> {
  const { n } = await session.row("SELECT count(*) AS n FROM training WHERE slipway_label NOT IN (0, 1)");
  const label =
    Number(n) === 0
      ? "CAST(slipway_label AS BIGINT)"
      : "CAST(slipway_label > (SELECT quantile_disc(slipway_label, 0.5) FROM training) AS BIGINT)";
  const strengths: FeatureStrength[] = [];
  for (const name of contract.roles.features) {
    const type = columns.get(name)?.column.logicalType ?? null;
    const ranked = numericTypes.includes(type) || type === "date" || type === "timestamp" || type === "time";
    const auc = ranked ? await rankedAuc(session, name, label) : await encodedAuc(session, name, label);
    strengths.push({ column: name, auc });
  }
  strengths.sort((a, b) => (b.auc ?? 0) - (a.auc ?? 0));
  const limitOf = (column: string): number => contract.leakage.columns.get(column) ?? contract.leakage.limit;
  const leaks = strengths.filter(({ column, auc }) => auc !== null && auc > limitOf(column));
  if (leaks.length === 0) return strengths;
  const named = leaks.map(({ column, auc }) => `${column} (AUC ${auc!.toFixed(4)}, limit ${limitOf(column)})`);
  throw new RefusedError(
    "leaking-column",
    `alone tells the training label: ${named.join(", ")}`,
    "Give the column slipwayRole: outcome in the contract if it is known only afterwards; if it truly is known before, " +
      "raise slipwayLeakageLimit on that column.",
  );
}

async function rankedAuc(session: DuckDbSession, name: string, label: string): Promise<number | null> {
  const grouped = `SELECT ${quoteIdentifier(name)} AS v, count(*) AS n, sum(${label}) AS p FROM training GROUP BY 1`;
  const low = await areaOver(session, grouped, "NULLS FIRST");
  const high = await areaOver(session, grouped, "NULLS LAST");
  return low === null || high === null ? null : Math.max(low, 1 - low, high, 1 - high);
}

async function encodedAuc(session: DuckDbSession, name: string, label: string): Promise<number | null> {
  const grouped = `
    WITH halves AS (
      SELECT ${quoteIdentifier(name)} AS category, slipway_cluster % 2 AS half, count(*) AS n, sum(${label}) AS p
      FROM training GROUP BY 1, 2),
    others AS (
      SELECT n, p, sum(n) OVER (PARTITION BY category) - n AS other_n, sum(p) OVER (PARTITION BY category) - p AS other_p,
        sum(p) OVER () / sum(n) OVER () AS prior
      FROM halves)
    SELECT (other_p + prior) / (other_n + 1) AS v, sum(n) AS n, sum(p) AS p FROM others GROUP BY 1`;
  const area = await areaOver(session, grouped, "NULLS FIRST");
  return area === null ? null : Math.max(area, 1 - area);
}

/** Area under the ROC curve by the rank-sum formula over groups of equal values (v, n rows, p positives); ties count half. */
async function areaOver(session: DuckDbSession, grouped: string, nulls: string): Promise<number | null> {
  const row = await session.row(
    `WITH ordered AS (
       SELECT CAST(p AS DOUBLE) AS p, CAST(n - p AS DOUBLE) AS q,
         CAST(coalesce(sum(n - p) OVER (ORDER BY v ${nulls} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS DOUBLE) AS below
       FROM (${grouped}))
     SELECT sum(p * (below + q / 2)) AS wins, sum(p) * sum(q) AS pairs FROM ordered`,
  );
  return Number(row.pairs) > 0 ? Number(row.wins) / Number(row.pairs) : null;
}
