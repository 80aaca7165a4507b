import { type LogicalType, numericTypes } from "../../blueprint/contract/contract-column";
import type { DataContract } from "../../blueprint/contract/data-contract";
import { quoteIdentifier } from "../../blueprint/contract/select-statement";
import type { HeldOutRule } from "../../blueprint/pipeline/pipeline-document";
import { InvalidInputError, Problems } from "../../blueprint/problems";
import { quoteNumber, quoteText, quoteTimestamp } from "../duckdb/literals";
import type { DuckDbSession } from "../duckdb/session";
import { RefusedError } from "../refusals";
import { type DataFile, tableOf, unreadable } from "./data-file";
import type { TypedColumn } from "./typed-columns";

export interface CutCounts {
  readonly rows: number;
  readonly dropped: {
    /** Without a target: nothing to learn from or to measure by. */
    readonly unlabelled: number;
    /** Without a time, where the rule holds out by time. */
    readonly untimed: number;
    /** Rows of held-out keys from before the held-out time: training on them would show the model people it is judged by. */
    readonly heldOutKeysBefore: number;
    /** Rows of training keys from the held-out time on. */
    readonly trainingKeysAfter: number;
  };
}

/** SQL for 52 bits of a hash, as a share between 0 and 1. */
function share(hash: string): string {
  return `(CAST('0x' || substr(${hash}, 1, 13) AS BIGINT) / 4503599627370496.0)`;
}

/**
 * Fills the table `cut`: every usable row with its side (`training`, `held_out` or the reason why it is dropped), its target, its
 * features under their own names, the columns of groups under `slipway_group_<name>`, and the hashes that it is ordered by.
 */
export async function cutRows(
  session: DuckDbSession,
  contract: DataContract,
  file: DataFile,
  rule: HeldOutRule,
  columns: ReadonlyMap<string, TypedColumn>,
): Promise<CutCounts> {
  const { roles } = contract;
  const value = valuesOf(contract, columns);
  const seed = quoteText(String(rule.seed));
  const keyHash = `sha256(concat_ws(chr(31), ${seed}, 'key', CAST(${value(roles.groupKey)} AS VARCHAR)))`;
  const time = roles.time === null ? "NULL" : value(roles.time);
  const target = `CAST(${value(roles.target.column)} AS DOUBLE)`;
  const before = rule.from === null ? null : `${time} < ${fromLiteral(contract, rule.from)}`;
  const groups = [...new Set([...roles.protected, ...roles.slices])];
  // What predict sees in order must not tell what it may not see: features first, then only what breaks their ties.
  const byFeatures = `sha256(concat_ws(chr(31), ${[seed, ...roles.features.map((name) => orNone(value(name)))].join(", ")}))`;
  const byKey = `sha256(concat_ws(chr(31), ${seed}, ${orNone(value(roles.groupKey))}, ${orNone(time)}))`;
  const list = [
    ...roles.features.map((name) => `${value(name)} AS ${quoteIdentifier(name)}`),
    ...groups.map((name) => `${value(name)} AS ${quoteIdentifier(`slipway_group_${name}`)}`),
    `${keyHash} AS slipway_key`,
    `${value(roles.groupKey)} IS NULL AS slipway_keyless`,
    `${target} AS slipway_target`,
    `${byFeatures} AS slipway_order1`,
    `${byKey} AS slipway_order2`,
    `CASE WHEN ${target} IS NULL OR NOT isfinite(${target}) THEN 'unlabelled' ${sides(keyHash, rule, before, time)} END AS slipway_side`,
  ];
  try {
    await session.run(`CREATE OR REPLACE TEMP TABLE cut AS SELECT ${list.join(", ")} FROM ${tableOf(file)}`);
  } catch (error) {
    throw unreadable(file, error);
  }
  return countSides(session, contract);
}

function sides(keyHash: string, rule: HeldOutRule, before: string | null, time: string): string {
  const heldOutKey = `${share(keyHash)} < ${quoteNumber(rule.fraction)}`;
  if (before === null) return `WHEN ${heldOutKey} THEN 'held_out' ELSE 'training'`;
  return (
    `WHEN ${time} IS NULL THEN 'untimed' ` +
    `WHEN ${heldOutKey} THEN CASE WHEN ${before} THEN 'heldOutKeysBefore' ELSE 'held_out' END ` +
    `WHEN ${before} THEN 'training' ELSE 'trainingKeysAfter'`
  );
}

async function countSides(session: DuckDbSession, contract: DataContract): Promise<CutCounts> {
  const found = await session.rows(
    "SELECT slipway_side AS side, count(*) AS n, count(*) FILTER (WHERE slipway_keyless) AS keyless FROM cut GROUP BY ALL",
  );
  const keyless = found.reduce((sum, row) => sum + Number(row.keyless), 0);
  if (keyless > 0) {
    throw new RefusedError(
      "group-key-missing",
      `${keyless} rows have no ${contract.roles.groupKey}, so it cannot be told whose they are`,
      "Fill the group key, and set required: true on it in the contract.",
    );
  }
  const of = (side: string): number => Number(found.find((row) => row.side === side)?.n ?? 0);
  return {
    rows: found.reduce((sum, row) => sum + Number(row.n), 0),
    dropped: {
      unlabelled: of("unlabelled"),
      untimed: of("untimed"),
      heldOutKeysBefore: of("heldOutKeysBefore"),
      trainingKeysAfter: of("trainingKeysAfter"),
    },
  };
}

/** SQL for the value of each column that the split uses; all that cannot be read are told at once. */
function valuesOf(contract: DataContract, columns: ReadonlyMap<string, TypedColumn>): (name: string) => string {
  const { roles } = contract;
  const problems = new Problems();
  const used = [roles.target.column, roles.groupKey, ...(roles.time === null ? [] : [roles.time])];
  for (const name of new Set([...used, ...roles.protected, ...roles.slices, ...roles.features])) {
    const typed = columns.get(name);
    if (typed?.value === null || typed === undefined) {
      problems.add(
        `data column ${name}`,
        typed?.physicalType ?? undefined,
        "cannot be read as the contract says",
        "Run `slipway validate-data` first; it names what is broken.",
      );
    }
  }
  problems.throwIfAny("split");
  return (name) => columns.get(name)!.value!;
}

function orNone(value: string): string {
  return `coalesce(CAST(${value} AS VARCHAR), chr(30))`;
}

/** The first held-out time as an SQL literal of the time column's kind. */
function fromLiteral(contract: DataContract, from: string | number): string {
  const name = contract.roles.time;
  const type: LogicalType | null = contract.columns.find((column) => column.name === name)?.logicalType ?? null;
  const wrong = (says: string, remedy: string): InvalidInputError =>
    new InvalidInputError("split", [{ path: "heldOut.from", value: from, says, remedy }]);
  if (name === null) {
    throw wrong("needs a time column", "Give one property of the contract slipwayRole: time, or leave it out.");
  }
  if (numericTypes.includes(type)) {
    if (typeof from !== "number") throw wrong(`does not fit column ${name}, which is a number`, "Write a number.");
    return quoteNumber(from);
  }
  if (typeof from !== "string" || Number.isNaN(Date.parse(from))) {
    throw wrong(`does not fit column ${name}, which is a ${type ?? "time"}`, "Write a date like 2024-01-31.");
  }
  return quoteTimestamp(from);
}
