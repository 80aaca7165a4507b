import {
  type CheckMeasure,
  type ContractCheck,
  describeExpectation,
  meets,
} from "../../blueprint/contract/contract-check";
import type { DataContract } from "../../blueprint/contract/data-contract";
import { quoteIdentifier } from "../../blueprint/contract/select-statement";
import type { DuckDbSession } from "../duckdb/session";
import { askQuery } from "./contract-query";
import { type DataFile, tableOf, unreadable } from "./data-file";
import { maskedKeys } from "./masked-keys";
import { countRepeatedKeys } from "./repeated-keys";
import { breakingRows } from "./row-rules";
import { columnTypes, type TypedColumn, typeColumns } from "./typed-columns";

/** What one check found. It never holds a value of a row: counts, and keys masked beyond use. */
export interface CheckResult {
  readonly name: string;
  /** Where the contract declares the check. */
  readonly path: string;
  /** `warned`: broken, but the contract itself calls the rule a warning. */
  readonly outcome: "passed" | "failed" | "warned";
  /** What was measured, in `unit`; `null` when it could not be measured. */
  readonly value: number | boolean | null;
  readonly unit: ContractCheck["unit"];
  readonly expected: string;
  /** Rows that break a rule about rows; `null` for rules about the whole snapshot. */
  readonly failingRows: number | null;
  /** Why it could not be measured. */
  readonly reason: string | null;
  /** A few keys of failing rows, masked, for whoever holds the data to find them. */
  readonly keys: readonly string[];
}

export interface ContractReport {
  readonly outcome: "passed" | "refused";
  readonly contractDigest: string;
  readonly rows: number;
  readonly checks: readonly CheckResult[];
  /** Columns of the file that the contract does not know; they go no further than this file. */
  readonly unknownColumns: readonly string[];
}

/** A measured number, or why there is none. */
interface Measured {
  readonly value: number | boolean | null;
  readonly failingRows: number | null;
  readonly reason: string | null;
}

/**
 * Holds a snapshot against its contract: one scan for all rules about rows, one for each rule about uniqueness, and one for each
 * query.
 *
 * @param now the time that freshness is measured from
 */
export async function validateData(
  session: DuckDbSession,
  contract: DataContract,
  file: DataFile,
  now: Date,
): Promise<ContractReport> {
  const typed = await typeColumns(session, file, contract.columns);
  const byName = new Map(typed.map((each) => [each.column.name, each]));
  const scan = new Scan();
  const reads = contract.checks.map((check) => plan(check.measure, byName, scan, now));
  await createView(session, contract, file, typed);
  const { rows, values } = await scan.run(session, file);
  const checks: CheckResult[] = [];
  for (const [index, check] of contract.checks.entries()) {
    const read = reads[index]!;
    const measured = "query" in read ? await measureAlone(session, read, byName, file) : read.from(values, rows);
    checks.push(await toResult(session, contract, file, byName, check, measured, rows));
  }
  const found = await columnTypes(session, file);
  return {
    outcome: checks.some((check) => check.outcome === "failed") ? "refused" : "passed",
    contractDigest: contract.digest,
    rows,
    checks,
    unknownColumns: [...found.keys()].filter((name) => !byName.has(name)),
  };
}

/** Either read off the common scan, or a measure that needs a query of its own. */
type Plan =
  | { readonly from: (values: readonly (number | null)[], rows: number) => Measured }
  | { readonly query: CheckMeasure & { readonly kind: "repeatedValues" | "sql" } };

function plan(measure: CheckMeasure, columns: ReadonlyMap<string, TypedColumn>, scan: Scan, now: Date): Plan {
  switch (measure.kind) {
    case "rowCount":
      return { from: (_values, rows) => ({ value: rows, failingRows: null, reason: null }) };
    case "absent": {
      const value = columns.get(measure.column.name)?.physicalType === null ? 1 : 0;
      return { from: () => ({ value, failingRows: null, reason: null }) };
    }
    case "breakingRows": {
      const typed = columns.get(measure.column.name)!;
      const condition = breakingRows(typed, measure.rule);
      if (condition === null) return { from: () => unmeasured(whyNot(typed)) };
      const at = scan.add(`count(*) FILTER (WHERE ${condition})`);
      return { from: (values) => ({ value: values[at]!, failingRows: values[at]!, reason: null }) };
    }
    case "age": {
      const typed = columns.get(measure.column.name)!;
      if (typed.value === null) return { from: () => unmeasured(whyNot(typed)) };
      const end = measure.of === "newest" ? "max" : "min";
      const at = scan.add(`epoch(CAST(${end}(${typed.value}) AS TIMESTAMP))`);
      return {
        from: (values) => {
          const seconds = values[at] ?? null;
          if (seconds === null) return unmeasured("there is no value");
          return { value: now.getTime() / 1000 - seconds, failingRows: null, reason: null };
        },
      };
    }
    case "repeatedValues":
    case "sql":
      return { query: measure };
  }
}

function unmeasured(reason: string): Measured {
  return { value: null, failingRows: null, reason };
}

function whyNot(typed: TypedColumn): string {
  const { name, logicalType } = typed.column;
  if (typed.physicalType === null) return `there is no column ${name}`;
  return `column ${name} is ${typed.physicalType}, not ${logicalType ?? "what the contract says"}`;
}

/** Collects aggregates so that the file is read once for all of them. */
class Scan {
  private readonly aggregates: string[] = [];

  public add(aggregate: string): number {
    const known = this.aggregates.indexOf(aggregate);
    return known >= 0 ? known : this.aggregates.push(aggregate) - 1;
  }

  public async run(
    session: DuckDbSession,
    file: DataFile,
  ): Promise<{ readonly rows: number; readonly values: readonly (number | null)[] }> {
    const list = ["count(*) AS n", ...this.aggregates.map((aggregate, index) => `${aggregate} AS c${index}`)];
    const row = await session.row(`SELECT ${list.join(", ")} FROM ${tableOf(file)}`).catch((error: unknown) => {
      throw unreadable(file, error);
    });
    const values = this.aggregates.map((_, index) => {
      const value = row[`c${index}`];
      return value === null || value === undefined ? null : Number(value);
    });
    return { rows: Number(row.n), values };
  }
}

async function measureAlone(
  session: DuckDbSession,
  read: Extract<Plan, { readonly query: unknown }>,
  columns: ReadonlyMap<string, TypedColumn>,
  file: DataFile,
): Promise<Measured> {
  if (read.query.kind === "sql") {
    const answer = await askQuery(session, read.query.query);
    return { value: answer.value, failingRows: null, reason: answer.reason };
  }
  const keys = read.query.columns.map((column) => columns.get(column.name)!);
  const impossible = keys.find((typed) => typed.value === null);
  if (impossible !== undefined) return unmeasured(whyNot(impossible));
  const repeated = await countRepeatedKeys(session, file, keys);
  return { value: repeated.values, failingRows: repeated.rows, reason: null };
}

/** What queries of the contract see: the table under its name, columns typed as the contract says. */
async function createView(
  session: DuckDbSession,
  contract: DataContract,
  file: DataFile,
  typed: readonly TypedColumn[],
): Promise<void> {
  const readable = typed.filter((each) => each.value !== null);
  const list = readable.map((each) => `${each.value!} AS ${quoteIdentifier(each.column.name)}`);
  if (list.length === 0) return;
  await session.run(
    `CREATE OR REPLACE TEMP VIEW ${quoteIdentifier(contract.table)} AS SELECT ${list.join(", ")} FROM ${tableOf(file)}`,
  );
}

async function toResult(
  session: DuckDbSession,
  contract: DataContract,
  file: DataFile,
  columns: ReadonlyMap<string, TypedColumn>,
  check: ContractCheck,
  measured: Measured,
  rows: number,
): Promise<CheckResult> {
  const value = inUnit(measured.value, check.unit, rows);
  const met = meets(value, check.expected);
  const condition = met || measured.failingRows === null ? null : conditionOf(check.measure, columns);
  return {
    name: check.name,
    path: check.path,
    outcome: met ? "passed" : check.onFailure === "warn" ? "warned" : "failed",
    value,
    unit: check.unit,
    expected: describeExpectation(check.expected, check.unit),
    failingRows: measured.failingRows,
    reason: measured.reason,
    keys: condition === null ? [] : await maskedKeys(session, contract, file, columns, condition),
  };
}

function conditionOf(measure: CheckMeasure, columns: ReadonlyMap<string, TypedColumn>): string | null {
  return measure.kind === "breakingRows" ? breakingRows(columns.get(measure.column.name)!, measure.rule) : null;
}

/** A share of no rows is no number, so that an empty snapshot passes no check in percent. */
function inUnit(value: number | boolean | null, unit: ContractCheck["unit"], rows: number): number | boolean | null {
  if (unit === "count" || typeof value !== "number") return value;
  return rows === 0 ? null : (100 * value) / rows;
}
