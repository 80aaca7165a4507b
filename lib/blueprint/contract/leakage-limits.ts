import type { Problems } from "../problems";
import type { ContractColumn } from "./contract-column";
import { type DocumentNode, nodesIn, pathOf } from "./document-node";

/** How well one feature alone may tell the label before it is taken for a leak, as an area under the ROC curve. */
export interface LeakageLimits {
  /** For every feature that has no limit of its own. @default 0.95 */
  readonly limit: number;
  /** Limits of single columns, by name: a contract that knows of a strong feature says so here. */
  readonly columns: ReadonlyMap<string, number>;
}

export const leakageProperty = "slipwayLeakageLimit";
const defaultLimit = 0.95;

/** Reads the custom property `slipwayLeakageLimit` of the table and of its columns. */
export function readLeakageLimits(
  table: DocumentNode,
  columns: readonly ContractColumn[],
  problems: Problems,
): LeakageLimits {
  const own = nodesIn(table, "properties").map((property, index) => {
    const limit = readLimit(property, problems);
    return limit === null ? [] : [[columns[index]!.name, limit] as const];
  });
  return { limit: readLimit(table, problems) ?? defaultLimit, columns: new Map(own.flat()) };
}

function readLimit(element: DocumentNode, problems: Problems): number | null {
  const custom = nodesIn(element, "customProperties").find((each) => each.fields.property === leakageProperty);
  if (custom === undefined) return null;
  const { value } = custom.fields;
  if (typeof value === "number" && value > 0.5 && value <= 1) return value;
  problems.add(
    pathOf(custom, "value"),
    value,
    "is no area above 0.5 and up to 1",
    "Write for example 0.98; 1 allows all",
  );
  return null;
}
