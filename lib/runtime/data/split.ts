import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { DataContract } from "../../blueprint/contract/data-contract";
import { quoteIdentifier } from "../../blueprint/contract/select-statement";
import type { HeldOutRule } from "../../blueprint/pipeline/pipeline-document";
import { quoteText } from "../duckdb/literals";
import type { DuckDbSession } from "../duckdb/session";
import { RefusedError } from "../refusals";
import { type CutCounts, cutRows } from "./cut-rows";
import type { DataFile } from "./data-file";
import { labelRows } from "./label-rows";
import { type FeatureStrength, refuseLeaks } from "./leakage-guard";
import { type TypedColumn, typeColumns } from "./typed-columns";

/** Folders of the three hand-offs that a split gives. */
export interface SplitFolders {
  readonly training: string;
  readonly features: string;
  readonly labels: string;
}

export interface SplitReport {
  readonly rows: number;
  readonly training: SideReport;
  readonly heldOut: SideReport;
  /** Rows that belong to neither side, by reason. */
  readonly dropped: CutCounts["dropped"];
  readonly features: readonly string[];
  /** How well each feature alone tells the training label, strongest first. */
  readonly strengths: readonly FeatureStrength[];
}

export interface SideReport {
  readonly rows: number;
  /** Distinct group keys. */
  readonly keys: number;
  /** Mean of the label: the share of positives where it is 0 and 1. */
  readonly meanLabel: number;
}

/**
 * Cuts the held-out part off a snapshot and writes the three hand-offs. Which side a row falls on depends on the seed, its group
 * key and its time alone, so that neither the order of rows nor the machine changes the cut, and a key stays on its side when
 * the data grows.
 *
 * @throws RefusedError `leaking-column` when a feature alone tells the label; `split-empty` and `group-key-missing` when the data cannot be cut
 * @throws InvalidInputError when the data lacks a column of the contract, or the rule does not fit the contract
 */
export async function splitData(
  session: DuckDbSession,
  contract: DataContract,
  file: DataFile,
  rule: HeldOutRule,
  folders: SplitFolders,
): Promise<SplitReport> {
  const columns = new Map((await typeColumns(session, file, contract.columns)).map((each) => [each.column.name, each]));
  const counts = await cutRows(session, contract, file, rule, columns);
  await labelRows(session, contract);
  const training = await sideReport(session, "training");
  const heldOut = await sideReport(session, "held_out");
  for (const [name, side] of Object.entries({ training, "held-out": heldOut })) {
    if (side.rows > 0) continue;
    throw new RefusedError(
      "split-empty",
      `no ${name} row is left of ${counts.rows} rows (dropped: ${JSON.stringify(counts.dropped)})`,
      "Take more data, or change the held-out fraction or time.",
    );
  }
  const strengths = await refuseLeaks(session, contract, columns);
  await write(session, contract, columns, folders);
  return {
    rows: counts.rows,
    training,
    heldOut,
    dropped: counts.dropped,
    features: contract.roles.features,
    strengths,
  };
}

async function sideReport(session: DuckDbSession, side: "training" | "held_out"): Promise<SideReport> {
  const row = await session.row(
    `SELECT count(*) AS "rows", count(DISTINCT slipway_cluster) AS keys, avg(slipway_label) AS mean FROM ${side}`,
  );
  return { rows: Number(row.rows), keys: Number(row.keys), meanLabel: Number(row.mean ?? 0) };
}

/** Every file is written in an order that follows from its content, so that the same data gives the same bytes. */
async function write(
  session: DuckDbSession,
  contract: DataContract,
  columns: ReadonlyMap<string, TypedColumn>,
  folders: SplitFolders,
): Promise<void> {
  const { features, protected: groups, slices } = contract.roles;
  const featureList = features.map(quoteIdentifier);
  const groupList = [...new Set([...groups, ...slices])].map((name) => asText(columns.get(name)!));
  const files = {
    training: [...featureList, "slipway_label", "slipway_cluster"],
    features: ["slipway_row", ...featureList],
    labels: ["slipway_row", "slipway_label", "slipway_cluster", ...groupList],
  };
  for (const [name, list] of Object.entries(files) as [keyof SplitFolders, string[]][]) {
    await rm(folders[name], { recursive: true, force: true });
    await mkdir(folders[name], { recursive: true });
    const side = name === "training" ? "training" : "held_out";
    const path = join(folders[name], `${name}.parquet`);
    await session.run(
      `COPY (SELECT ${list.join(", ")} FROM ${side} ORDER BY slipway_row) TO ${quoteText(path)} (FORMAT parquet)`,
    );
  }
}

/** Groups and slices are compared as text; an integer reads `1` whatever type the file gave it. */
function asText({ column }: TypedColumn): string {
  const name = quoteIdentifier(`slipway_group_${column.name}`);
  const value = column.logicalType === "integer" ? `CAST(${name} AS BIGINT)` : name;
  return `CAST(${value} AS VARCHAR) AS ${quoteIdentifier(column.name)}`;
}
