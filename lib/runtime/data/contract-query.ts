import type { DuckDbSession } from "../duckdb/session";

export interface QueryAnswer {
  readonly value: number | boolean | null;
  /** Why there is no value; it never quotes what the rows hold. */
  readonly reason: string | null;
}

/** Errors of DuckDB that speak of the query only; all others may quote a value of a row. */
const aboutTheQuery = /^(Parser|Binder|Catalog|Permission|Syntax) Error/;

/** Runs one query of the contract: exactly one SELECT by DuckDB's own parser, giving exactly one number or boolean. */
export async function askQuery(session: DuckDbSession, query: string): Promise<QueryAnswer> {
  try {
    const { statements, select } = await session.parse(query);
    if (statements !== 1) return { value: null, reason: `the query holds ${statements} statements` };
    if (!select) return { value: null, reason: "the query is no SELECT" };
    const rows = await session.rows(`SELECT * FROM (${query.trim().replace(/;+\s*$/, "")}\n) LIMIT 2`);
    if (rows.length !== 1)
      return { value: null, reason: `the query gives ${rows.length === 0 ? "no" : "several"} rows` };
    const cells = Object.values(rows[0]!);
    if (cells.length !== 1) return { value: null, reason: `the query gives ${cells.length} columns` };
    return asAnswer(cells[0]);
  } catch (error) {
    const message = (error as Error).message.split("\n")[0] ?? "";
    const kind = /^[A-Za-z ]+(?=:)/.exec(message)?.[0] ?? "an error";
    return { value: null, reason: aboutTheQuery.test(message) ? message : `the query ended with ${kind}` };
  }
}

function asAnswer(cell: unknown): QueryAnswer {
  if (typeof cell === "boolean") return { value: cell, reason: null };
  // 64-bit integers and decimals come as text.
  const value = typeof cell === "string" && cell.trim() !== "" ? Number(cell) : cell;
  if (typeof value === "number" && Number.isFinite(value)) return { value, reason: null };
  return { value: null, reason: "the query gives neither a number nor a boolean" };
}
