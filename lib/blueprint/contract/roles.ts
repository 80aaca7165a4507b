import type { Problems } from "../problems";
import { primaryKey } from "./column-checks";
import { type ContractColumn, numericTypes, temporalTypes } from "./contract-column";
import { type DocumentNode, nodesIn, pathOf } from "./document-node";
import { leakageProperty } from "./leakage-limits";

/** What a column is to the model, said by the custom property `slipwayRole`. */
export type ColumnRole = "target" | "groupKey" | "time" | "protected" | "slice" | "outcome" | "identifier" | "feature";

/** What the columns of a contract are to the model; names are those in the data. */
export interface ContractRoles {
  readonly target: {
    readonly column: string;
    /** Rows among this share of highest values carry the label 1; `null`: the column is the label itself. */
    readonly topFraction: number | null;
  };
  /** Rows of one key are never torn between training and held-out rows. */
  readonly groupKey: string;
  readonly time: string | null;
  /** Attributes whose groups fairness is judged by. */
  readonly protected: readonly string[];
  /** Attributes whose values are judged one by one. */
  readonly slices: readonly string[];
  /** Known only after what is predicted has happened: they would give the label away. */
  readonly outcomes: readonly string[];
  readonly identifiers: readonly string[];
  /** What the model may learn from, in the contract's order. */
  readonly features: readonly string[];
}

const roleNames: readonly ColumnRole[] = [
  "target",
  "groupKey",
  "time",
  "protected",
  "slice",
  "outcome",
  "identifier",
  "feature",
];
const neverFeature: readonly ColumnRole[] = ["target", "groupKey", "outcome", "identifier"];
const notUnlessSaid: readonly ColumnRole[] = ["protected", "time"];
const knownProperties = ["slipwayRole", "slipwayTopFraction", "slipwayFeature", leakageProperty];

interface ColumnSaying {
  readonly column: ContractColumn;
  readonly roles: readonly ColumnRole[];
  readonly topFraction: number | null;
  readonly feature: boolean | null;
}

/** Reads the roles of all columns; with problems added, what it returns is not to be used. */
export function readRoles(table: DocumentNode, columns: readonly ContractColumn[], problems: Problems): ContractRoles {
  const sayings = nodesIn(table, "properties").map((property, index) =>
    readSaying(property, columns[index]!, problems),
  );
  const having = (role: ColumnRole): readonly ColumnSaying[] => sayings.filter((each) => each.roles.includes(role));
  const names = (role: ColumnRole): readonly string[] => having(role).map((each) => each.column.name);
  const properties = pathOf(table, "properties");

  const target = having("target")[0];
  if (target === undefined) {
    problems.add(properties, undefined, "name no target", "Give one property the custom property slipwayRole: target");
  }
  for (const role of ["target", "groupKey", "time"] as const) {
    if (having(role).length > 1) {
      problems.add(properties, names(role), `hold more than one ${role}`, `Keep slipwayRole: ${role} on one property`);
    }
  }
  checkTypes(target, having("time")[0], problems);

  const groupKey = having("groupKey")[0]?.column ?? primaryKey(columns)[0];
  if (groupKey === undefined) {
    problems.add(
      properties,
      undefined,
      "name no group key",
      "Set primaryKey: true, or slipwayRole: groupKey, on one property",
    );
  }
  const features = sayings.filter((each) => isFeature(each, groupKey));
  if (features.length === 0 && columns.length > 0) {
    problems.add(
      properties,
      columns.length,
      "leave no column to learn from",
      "Add properties without a role, which are features",
    );
  }
  for (const { column } of features) {
    if (column.logicalType === "object" || column.logicalType === "array") {
      problems.add(
        `${column.path}.logicalType`,
        column.logicalType,
        "cannot be a feature",
        "Give it slipwayRole: identifier, or flatten it into columns",
      );
    }
  }
  return {
    target: { column: target?.column.name ?? "", topFraction: target?.topFraction ?? null },
    groupKey: groupKey?.name ?? "",
    time: having("time")[0]?.column.name ?? null,
    protected: names("protected"),
    slices: names("slice"),
    outcomes: names("outcome"),
    identifiers: names("identifier"),
    features: features.map((each) => each.column.name),
  };
}

function isFeature(saying: ColumnSaying, groupKey: ContractColumn | undefined): boolean {
  if (saying.column === groupKey || saying.roles.some((role) => neverFeature.includes(role))) return false;
  return saying.feature ?? !saying.roles.some((role) => notUnlessSaid.includes(role));
}

function checkTypes(target: ColumnSaying | undefined, time: ColumnSaying | undefined, problems: Problems): void {
  const type = target?.column.logicalType ?? null;
  if (target !== undefined && !numericTypes.includes(type) && !(type === "boolean" && target.topFraction === null)) {
    problems.add(
      `${target.column.path}.logicalType`,
      type ?? undefined,
      "cannot be a label",
      "Use number or integer (a quantity, or 0 and 1), or boolean",
    );
  }
  const timeType = time?.column.logicalType ?? null;
  if (time !== undefined && !numericTypes.includes(timeType) && !temporalTypes.includes(timeType)) {
    problems.add(
      `${time.column.path}.logicalType`,
      timeType ?? undefined,
      "is no time that rows can be ordered by",
      "Use date, timestamp, integer or number",
    );
  }
}

function readSaying(property: DocumentNode, column: ContractColumn, problems: Problems): ColumnSaying {
  let roles: readonly ColumnRole[] = [];
  let topFraction: number | null = null;
  let feature: boolean | null = null;
  let topFractionPath = "";
  for (const custom of nodesIn(property, "customProperties")) {
    const name = custom.fields.property;
    const value = custom.fields.value;
    const path = pathOf(custom, "value");
    if (name === "slipwayRole") roles = readRoleNames(path, value, problems);
    else if (name === "slipwayTopFraction") {
      topFractionPath = path;
      if (typeof value === "number" && value > 0 && value < 1) topFraction = value;
      else problems.add(path, value, "is no share between 0 and 1", "Write for example 0.1 for the highest 10 %");
    } else if (name === "slipwayFeature") {
      if (typeof value === "boolean") feature = value;
      else problems.add(path, value, "is neither true nor false", "Write true or false");
    } else if (typeof name === "string" && /^slipway/i.test(name) && !knownProperties.includes(name)) {
      problems.add(
        pathOf(custom, "property"),
        name,
        "is no property that Slipway knows",
        `Use ${knownProperties.join(", ")}`,
      );
    }
  }
  if (topFractionPath !== "" && !roles.includes("target")) {
    problems.add(topFractionPath, topFraction, "stands on a column that is not the target", "Move it to the target");
  }
  const barred = roles.find((role) => neverFeature.includes(role));
  if (feature === true && barred !== undefined) {
    problems.add(property.path, barred, "can never be a feature", "Remove slipwayFeature: true, or change slipwayRole");
  }
  return { column, roles, topFraction, feature };
}

/** One role, or a list where a column has several, for example protected and slice. */
function readRoleNames(path: string, value: unknown, problems: Problems): readonly ColumnRole[] {
  const given: readonly unknown[] = Array.isArray(value) ? value : [value];
  const roles = given.filter((role): role is ColumnRole => (roleNames as readonly unknown[]).includes(role));
  if (roles.length < given.length || roles.length === 0) {
    problems.add(path, value, "is no role of a column", `Use one of ${roleNames.join(", ")}`);
  }
  const single = roles.filter((role) => role === "target" || role === "outcome" || role === "feature");
  if (single.length > 0 && roles.length > 1) {
    problems.add(path, value, `joins ${single[0]!} with another role`, `Keep ${single[0]!} alone`);
  }
  return roles;
}
