import type { ModelExamples } from "../model-examples";
import { rowsOf } from "../example-request";

/** A request that no server may answer as if it were right. */
export interface BadRequest {
  /** What is wrong with it, for messages. */
  readonly name: string;
  readonly body: string;
  readonly contentType: string;
}

const JSON_TYPE = "application/json";

const numeric = ["integer", "long", "float", "double"];

/** Requests that are wrong whatever the model is, and those that are wrong by its signature. */
export function badRequests(valid: string, columns: ModelExamples["columns"]): readonly BadRequest[] {
  const always = [
    { name: "malformed JSON", body: valid.slice(0, -1), contentType: JSON_TYPE },
    { name: "an empty body", body: "", contentType: JSON_TYPE },
    { name: "JSON that is no object", body: '"rows"', contentType: JSON_TYPE },
    { name: "an object without rows", body: '{"rows": []}', contentType: JSON_TYPE },
    { name: "an unknown content type", body: valid, contentType: "application/x-slipway-unknown" },
  ];
  const split = (JSON.parse(valid) as { readonly dataframe_split?: { columns: string[]; data: unknown[][] } })
    .dataframe_split;
  if (split === undefined || rowsOf(JSON.parse(valid)) === 0) return always;
  const required = columns.find(({ name, required }) => required && split.columns.includes(name));
  const number = columns.find(({ name, type }) => numeric.includes(type) && split.columns.includes(name));
  return [
    ...always,
    ...(required === undefined ? [] : [bySignature(`no column ${required.name}`, without(split, required.name))]),
    ...(number === undefined ? [] : [bySignature(`text in the column ${number.name}`, withText(split, number.name))]),
  ];
}

interface Split {
  readonly columns: readonly string[];
  readonly data: readonly (readonly unknown[])[];
}

function bySignature(name: string, split: Split): BadRequest {
  return { name, body: JSON.stringify({ dataframe_split: split }), contentType: JSON_TYPE };
}

function without({ columns, data }: Split, column: string): Split {
  const at = columns.indexOf(column);
  const others = <T>(values: readonly T[]): readonly T[] => values.filter((_, index) => index !== at);
  return { columns: others(columns), data: data.map(others) };
}

function withText({ columns, data }: Split, column: string): Split {
  const at = columns.indexOf(column);
  return { columns, data: data.map((row) => row.map((value, index) => (index === at ? "no number" : value))) };
}
