import { readFile } from "node:fs/promises";
import { InvalidInputError, Problems } from "../../blueprint/problems";
import { rowsOf, type ExampleRequest } from "./example-request";

const remedy =
  'Write one request a line as /invocations takes it, or {"request": {...}, "predictions": [...]} where the scores are known.';

/**
 * Reads example requests from JSON lines: each a request's body, or one beside the scores it is known to give.
 *
 * @throws InvalidInputError with every line that cannot be used
 */
export async function readPayloadFile(file: string): Promise<readonly ExampleRequest[]> {
  const problems = new Problems();
  const text = await readFile(file, "utf8").catch(() => {
    throw new InvalidInputError("payloads", [{ path: file, value: undefined, says: "cannot be read", remedy }]);
  });
  const requests: ExampleRequest[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const request = requestOf(line);
    if (typeof request === "string") problems.add(`line ${index + 1}`, line, request, remedy);
    else requests.push(request);
  }
  if (requests.length === 0 && problems.list.length === 0) problems.add(file, undefined, "holds no request", remedy);
  problems.throwIfAny(`payloads ${file}`);
  return requests;
}

function requestOf(line: string): ExampleRequest | string {
  let document: unknown;
  try {
    document = JSON.parse(line);
  } catch {
    return "is no JSON";
  }
  const { request, predictions = null } = lineOf(document);
  const rows = rowsOf(request);
  if (rows === null || rows === 0) return "is no request with rows";
  if (predictions !== null && !(isScores(predictions) && predictions.length === rows)) {
    return `has predictions that are not one number for each of its ${rows} rows`;
  }
  return { body: JSON.stringify(request), rows, expected: predictions };
}

interface Line {
  readonly request: unknown;
  readonly predictions?: unknown;
}

function lineOf(document: unknown): Line {
  return typeof document === "object" && document !== null && "request" in document ? document : { request: document };
}

function isScores(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((each) => typeof each === "number");
}
