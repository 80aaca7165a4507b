import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { InvalidInputError } from "../../blueprint/problems";
import type { ScalarType, SignatureColumn } from "../../blueprint/serving/model-signature";
import { mlflowModelFile, mlflowSignature } from "../model/mlflow-signature";
import { rowsOf, type ExampleRequest } from "./example-request";

/** What a model's own files say about its requests. */
export interface ModelExamples {
  /** Named columns of the signature; empty when the model states none. */
  readonly columns: readonly NamedColumn[];
  readonly requests: readonly ExampleRequest[];
}

export type NamedColumn = SignatureColumn & { readonly name: string };

/** A value of each scalar type that a model accepts wherever it accepts the type. */
const values: Readonly<Record<ScalarType, unknown>> = {
  boolean: true,
  integer: 1,
  long: 1,
  float: 0.5,
  double: 0.5,
  string: "a",
  binary: Buffer.from("a").toString("base64"),
  datetime: "2026-01-01T00:00:00",
};

/**
 * Requests that a model can answer: the input example that was saved with it, else a row made up from its signature.
 *
 * @throws InvalidInputError when its files give neither
 */
export async function modelExamples(folder: string): Promise<ModelExamples> {
  const file = await mlflowModelFile(folder);
  if (file === null) throw noModel(folder);
  const columns = (await mlflowSignature(folder))?.inputs.filter(isNamed) ?? [];
  const saved = await readFile(join(dirname(file), "serving_input_example.json"), "utf8").catch(() => null);
  const rows = saved === null ? null : rowsOf(JSON.parse(saved));
  if (saved !== null && rows !== null && rows > 0)
    return { columns, requests: [{ body: saved, rows, expected: null }] };
  const unknown = columns.filter(({ type }) => !isScalar(type));
  if (columns.length === 0 || unknown.length > 0) {
    const why =
      columns.length === 0 ? "names no columns" : `has columns of type ${unknown.map(({ type }) => type).join(", ")}`;
    throw new InvalidInputError(`model ${folder}`, [
      {
        path: "signature",
        value: undefined,
        says: `${why}, so no request can be made up`,
        remedy: "Save the model with input_example, or give requests with --payloads.",
      },
    ]);
  }
  const split = {
    columns: columns.map(({ name }) => name),
    data: [columns.map(({ type }) => values[type as ScalarType])],
  };
  return { columns, requests: [{ body: JSON.stringify({ dataframe_split: split }), rows: 1, expected: null }] };
}

function noModel(folder: string): InvalidInputError {
  return new InvalidInputError(`model ${folder}`, [
    {
      path: "MLmodel",
      value: undefined,
      says: "is neither in the folder nor in a single one below it",
      remedy: "Name the folder of an MLflow model, or give requests with --payloads.",
    },
  ]);
}

function isNamed(column: SignatureColumn): column is NamedColumn {
  return column.name !== null;
}

function isScalar(type: string): type is ScalarType {
  return type in values;
}
