import type { DataContract } from "../../blueprint/contract/data-contract";
import type { HeldOutRule } from "../../blueprint/pipeline/pipeline-document";
import type { DuckDbSession } from "../duckdb/session";
import { cutRows } from "./cut-rows";
import type { DataFile } from "./data-file";
import { typeColumns } from "./typed-columns";

/**
 * Labelled rows that are new since a model was judged by `heldOutBefore` of them. Evidence counts held-out rows only; a key stays on
 * its side when the data grows, so what the held-out part has grown by, divided by its share of the rows it is drawn from, is an
 * unbiased estimate of what all have.
 */
export async function newLabelledRows(
  session: DuckDbSession,
  contract: DataContract,
  file: DataFile,
  rule: HeldOutRule,
  heldOutBefore: number,
): Promise<number> {
  const columns = await typeColumns(session, file, contract.columns);
  await cutRows(session, contract, file, rule, new Map(columns.map((each) => [each.column.name, each])));
  // With a first held-out time, the rows from it on are what the held-out part is drawn from.
  const counterpart = rule.from === null ? "training" : "trainingKeysAfter";
  const { held_out: heldOut, others } = await session.row(
    `SELECT count(*) FILTER (WHERE slipway_side = 'held_out') AS held_out,
       count(*) FILTER (WHERE slipway_side = '${counterpart}') AS others FROM cut`,
  );
  const [now, rest] = [Number(heldOut), Number(others)];
  return now === 0 ? 0 : Math.round(((now - heldOutBefore) * (now + rest)) / now);
}
