import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { InvalidInputError } from "../../blueprint/problems";
import { rowsOf, type ExampleRequest } from "./example-request";

/** One input of an MLflow model's signature, as MLmodel writes it. */
export interface SignatureInput {
  readonly type: string;
  readonly name?: string;
  readonly required?: boolean;
}

/** What a model's own files say about its requests. */
export interface ModelExamples {
  /** Named columns of the signature; empty when the model states none. */
  readonly columns: readonly (SignatureInput & { readonly name: string })[];
  readonly requests: readonly ExampleRequest[];
}

/** A value of each scalar type that a model accepts wherever it accepts the type. */
const values: Readonly<Record<string, unknown>> = {
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
  const file = await findMlmodel(folder);
  const columns = namedColumns(await readFile(file, "utf8"));
  const saved = await readFile(join(dirname(file), "serving_input_example.json"), "utf8").catch(() => null);
  const rows = saved === null ? null : rowsOf(JSON.parse(saved));
  if (saved !== null && rows !== null && rows > 0)
    return { columns, requests: [{ body: saved, rows, expected: null }] };
  const unknown = columns.filter(({ type }) => !(type in values));
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
  const split = { columns: columns.map(({ name }) => name), data: [columns.map(({ type }) => values[type])] };
  return { columns, requests: [{ body: JSON.stringify({ dataframe_split: split }), rows: 1, expected: null }] };
}

async function findMlmodel(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true }).catch(() => []);
  const found = entries.filter((path) => /^([^/]+\/)?MLmodel$/.test(path)).sort((a, b) => a.length - b.length);
  if (found[0] !== undefined) return join(folder, found[0]);
  throw new InvalidInputError(`model ${folder}`, [
    {
      path: "MLmodel",
      value: undefined,
      says: "is not in the folder or in one below it",
      remedy: "Name the folder of an MLflow model, or give requests with --payloads.",
    },
  ]);
}

function namedColumns(mlmodel: string): ModelExamples["columns"] {
  const { signature } = parse(mlmodel) as { readonly signature?: { readonly inputs?: string | null } | null };
  const inputs = JSON.parse(signature?.inputs ?? "[]") as readonly SignatureInput[];
  return inputs.filter((each): each is SignatureInput & { readonly name: string } => typeof each.name === "string");
}
