/** The standard's logical types. */
export type LogicalType =
  "string" | "date" | "timestamp" | "time" | "number" | "integer" | "object" | "array" | "boolean";

/** A column that the contract promises. */
export interface ContractColumn {
  /** Name of the column in the data: `physicalName` where given, else `name`. */
  readonly name: string;
  /** `name` of the property: what other places in the contract call it. */
  readonly property: string;
  /** Path of the property in the contract, for example `schema[0].properties[3]`. */
  readonly path: string;
  readonly logicalType: LogicalType | null;
  readonly physicalType: string | null;
  /** Position in the primary key, from 1; `null` outside it. */
  readonly primaryKeyPosition: number | null;
  /** How dates and times are written where the data holds them as text, in `strptime` letters; `null` for ISO 8601. */
  readonly dateFormat: string | null;
}

export const numericTypes: readonly (LogicalType | null)[] = ["number", "integer"];
export const temporalTypes: readonly (LogicalType | null)[] = ["date", "timestamp"];
