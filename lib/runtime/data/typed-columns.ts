import type { ContractColumn } from "../../blueprint/contract/contract-column";
import { quoteIdentifier } from "../../blueprint/contract/select-statement";
import { quoteText } from "../duckdb/literals";
import type { DuckDbSession } from "../duckdb/session";
import { type DataFile, tableOf, unreadable } from "./data-file";

/** How a column of the contract is read from the file. */
export interface TypedColumn {
  readonly column: ContractColumn;
  /** Type in the file as DuckDB names it; `null` when the file has no such column. */
  readonly physicalType: string | null;
  /** SQL for the value as the contract's logical type, null where it cannot be one; `null` when no value of this column can. */
  readonly value: string | null;
  /** SQL that is true where a value is there but is not of the logical type; `null` when every value is by its physical type. */
  readonly breaksType: string | null;
  /** SQL for the value as it stands in the file. */
  readonly raw: string;
}

const integers = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER)$/;
const floats = /^(FLOAT|DOUBLE)$/;
const integerText = "^[+-]?[0-9]{1,19}$";
const numberText = "^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?$";

/** Looks at the file's columns once and decides how each column of the contract is read. */
export async function typeColumns(
  session: DuckDbSession,
  file: DataFile,
  columns: readonly ContractColumn[],
): Promise<readonly TypedColumn[]> {
  const types = await columnTypes(session, file);
  return columns.map((column) => {
    const physicalType = types.get(column.name) ?? null;
    const raw = quoteIdentifier(column.name);
    if (physicalType === null) return { column, physicalType, raw, value: null, breaksType: null };
    const read = file.format === "csv" ? readText(column, raw) : readTyped(column, raw, physicalType);
    return { column, physicalType, raw, ...read };
  });
}

/** Whether every value that is read is a whole number that fits 64 bits and a sign. */
export function holdsIntegers({ column, physicalType, value }: TypedColumn, file: DataFile): boolean {
  if (value === null || physicalType === null) return false;
  if (file.format === "csv") return column.logicalType === "integer";
  return integers.test(physicalType) && !/^(UBIG|U?HUGE)INT$/.test(physicalType);
}

/** Names of the file's columns, in its order, with their types as DuckDB names them. */
export async function columnTypes(session: DuckDbSession, file: DataFile): Promise<ReadonlyMap<string, string>> {
  try {
    const described = await session.rows(`DESCRIBE SELECT * FROM ${tableOf(file)}`);
    return new Map(described.map((row) => [String(row.column_name), String(row.column_type)]));
  } catch (error) {
    throw unreadable(file, error);
  }
}

type Reading = Pick<TypedColumn, "value" | "breaksType">;

const impossible: Reading = { value: null, breaksType: "true" };

function asItStands(raw: string): Reading {
  return { value: raw, breaksType: null };
}

/** Values that may fail to be read: where `read` is null though something stands there. */
function attempt(raw: string, read: string): Reading {
  return { value: read, breaksType: `${raw} IS NOT NULL AND (${read}) IS NULL` };
}

function textMatching(raw: string, pattern: string, type: string): Reading {
  return attempt(raw, `CASE WHEN regexp_matches(${raw}, ${quoteText(pattern)}) THEN TRY_CAST(${raw} AS ${type}) END`);
}

function readText(column: ContractColumn, raw: string): Reading {
  switch (column.logicalType) {
    case null:
    case "string":
      return asItStands(raw);
    case "integer":
      return textMatching(raw, integerText, "BIGINT");
    case "number": {
      const read = `TRY_CAST(${raw} AS DOUBLE)`;
      return attempt(
        raw,
        `CASE WHEN regexp_matches(${raw}, ${quoteText(numberText)}) AND isfinite(${read}) THEN ${read} END`,
      );
    }
    case "boolean":
      return attempt(raw, `CASE lower(${raw}) WHEN 'true' THEN true WHEN 'false' THEN false END`);
    case "date":
      return column.dateFormat === null
        ? textMatching(raw, "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "DATE")
        : attempt(raw, `CAST(${parsedTime(column.dateFormat, raw)} AS DATE)`);
    case "timestamp":
      return column.dateFormat === null
        ? attempt(raw, inUtc(`TRY_CAST(${raw} AS TIMESTAMPTZ)`))
        : attempt(raw, parsedTime(column.dateFormat, raw));
    case "time":
      return column.dateFormat === null
        ? attempt(raw, `TRY_CAST(${raw} AS TIME)`)
        : attempt(raw, `CAST(${parsedTime(column.dateFormat, raw)} AS TIME)`);
    case "object":
    case "array":
      return impossible;
  }
}

function readTyped(column: ContractColumn, raw: string, physical: string): Reading {
  const temporalText = physical === "VARCHAR" && column.dateFormat !== null;
  switch (column.logicalType) {
    case null:
      return asItStands(raw);
    case "string":
      if (physical === "VARCHAR") return asItStands(raw);
      return /^ENUM|^UUID$/.test(physical) ? asItStands(`CAST(${raw} AS VARCHAR)`) : impossible;
    case "integer":
      if (integers.test(physical)) return asItStands(raw);
      // Data frames hold integers with gaps as floating-point numbers.
      if (floats.test(physical)) {
        return { value: raw, breaksType: `${raw} IS NOT NULL AND NOT (isfinite(${raw}) AND trunc(${raw}) = ${raw})` };
      }
      return physical.startsWith("DECIMAL") ? { value: raw, breaksType: `${raw} <> trunc(${raw})` } : impossible;
    case "number":
      if (integers.test(physical) || physical.startsWith("DECIMAL")) return asItStands(raw);
      return floats.test(physical)
        ? { value: raw, breaksType: `${raw} IS NOT NULL AND NOT isfinite(${raw})` }
        : impossible;
    case "boolean":
      return physical === "BOOLEAN" ? asItStands(raw) : impossible;
    case "date":
      if (physical === "DATE") return asItStands(raw);
      if (physical.startsWith("TIMESTAMP")) {
        const day = `CAST(${raw} AS DATE)`;
        return { value: day, breaksType: `CAST(${day} AS TIMESTAMP) <> CAST(${raw} AS TIMESTAMP)` };
      }
      return temporalText ? readText(column, raw) : impossible;
    case "timestamp":
      if (physical === "TIMESTAMP WITH TIME ZONE") return asItStands(inUtc(raw));
      if (physical.startsWith("TIMESTAMP") || physical === "DATE") return asItStands(`CAST(${raw} AS TIMESTAMP)`);
      return temporalText ? readText(column, raw) : impossible;
    case "time":
      if (physical === "TIME") return asItStands(raw);
      return temporalText ? readText(column, raw) : impossible;
    case "object":
      return /^(STRUCT|MAP|JSON)/.test(physical) ? asItStands(raw) : impossible;
    case "array":
      return physical.endsWith("]") ? asItStands(raw) : impossible;
  }
}

function inUtc(timestampWithZone: string): string {
  return `(${timestampWithZone} AT TIME ZONE 'UTC')`;
}

/** Text read by a format; `strptime` wants an offset in digits where ISO 8601 allows Z. */
function parsedTime(format: string, raw: string): string {
  if (!format.includes("%z")) return `try_strptime(${raw}, ${quoteText(format)})`;
  return inUtc(`try_strptime(regexp_replace(${raw}, '[zZ]$', '+0000'), ${quoteText(format)})`);
}
