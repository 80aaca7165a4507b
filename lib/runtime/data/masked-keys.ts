import type { DataContract } from "../../blueprint/contract/data-contract";
import { primaryKey } from "../../blueprint/contract/column-checks";
import type { DuckDbSession } from "../duckdb/session";
import { type DataFile, tableOf } from "./data-file";
import type { TypedColumn } from "./typed-columns";

const most = 5;

/** Masked keys of a few rows that a condition holds for; the smallest keys, so that every run names the same. */
export async function maskedKeys(
  session: DuckDbSession,
  contract: DataContract,
  file: DataFile,
  columns: ReadonlyMap<string, TypedColumn>,
  condition: string,
): Promise<readonly string[]> {
  const declared = primaryKey(contract.columns).map((column) => column.name);
  const names = declared.length > 0 ? declared : [contract.roles.groupKey];
  const keys = names.flatMap((name) => columns.get(name) ?? []).filter((typed) => typed.physicalType !== null);
  if (keys.length === 0) return [];
  const list = keys.map((typed, index) => `CAST(${typed.raw} AS VARCHAR) AS k${index}`);
  const rows = await session.rows(
    `SELECT DISTINCT ${list.join(", ")} FROM ${tableOf(file)} WHERE ${condition} ORDER BY ALL LIMIT ${most}`,
  );
  return rows.map((row) => keys.map((_, index) => maskKey(row[`k${index}`])).join("/"));
}

/** All but the end of a key, and never more than a quarter of it, is hidden. */
function maskKey(key: unknown): string {
  if (typeof key !== "string") return "(null)";
  const characters = Array.from(key);
  const shown = Math.min(2, Math.floor(characters.length / 4));
  return `***${shown === 0 ? "" : characters.slice(-shown).join("")}`;
}
