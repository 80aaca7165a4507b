import type { DuckDbSession } from "../duckdb/session";
import { type DataFile, tableOf } from "./data-file";
import { holdsIntegers, type TypedColumn } from "./typed-columns";

export interface RepeatedKeys {
  /** Distinct values, or combinations of values, that occur more than once. */
  readonly values: number;
  /** Rows that hold one of them. */
  readonly rows: number;
}

/** Largest bitmap that is made to prove a key unique, in bits: 32 MiB for each thread. */
const mostBits = 2 ** 28;

/** Counts the repeated values of one column, or of several together. A missing value is a value like any other. */
export async function countRepeatedKeys(
  session: DuckDbSession,
  file: DataFile,
  keys: readonly TypedColumn[],
): Promise<RepeatedKeys> {
  if (await provenUnique(session, file, keys)) return { values: 0, rows: 0 };
  const list = keys.map((typed) => typed.value!).join(", ");
  const row = await session.row(
    `SELECT count(*) AS "values", coalesce(sum(n), 0) AS "rows" ` +
      `FROM (SELECT count(*) AS n FROM ${tableOf(file)} GROUP BY ${list} HAVING count(*) > 1)`,
  );
  return { values: Number(row.values), rows: Number(row.rows) };
}

/**
 * Integer keys of a limited range, which most keys are, are proven unique with one bit for each possible value instead of a hash
 * table over all rows: a hundredth of the memory. `false` says that this way proves nothing.
 */
async function provenUnique(session: DuckDbSession, file: DataFile, keys: readonly TypedColumn[]): Promise<boolean> {
  if (!keys.every((typed) => holdsIntegers(typed, file))) return false;
  const limits = keys.flatMap(({ value }, index) => [
    `min(${value!}) AS low${index}`,
    `max(${value!}) AS high${index}`,
    `count(${value!}) AS n${index}`,
  ]);
  const found = await session.row(`SELECT count(*) AS n, ${limits.join(", ")} FROM ${tableOf(file)}`);
  const rows = Number(found.n);
  if (rows === 0 || keys.some((_, index) => Number(found[`n${index}`]) !== rows)) return false;
  let bits = 1;
  let place = "CAST(0 AS BIGINT)";
  for (const [index, { value }] of keys.entries()) {
    const low = BigInt(String(found[`low${index}`]));
    const range = Number(BigInt(String(found[`high${index}`])) - low + 1n);
    bits *= range;
    if (bits > mostBits) return false;
    place = `(${place} * ${range} + (CAST(${value!} AS BIGINT) - ${low}))`;
  }
  if (bits < rows) return false;
  const set = await session.row(
    `SELECT bit_count(bitstring_agg(${place}, 0, ${bits - 1})) AS distinct_keys FROM ${tableOf(file)}`,
  );
  return Number(set.distinct_keys) === rows;
}
