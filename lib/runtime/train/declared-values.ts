import { readFile } from "node:fs/promises";
import { Problems } from "../../blueprint/problems";
import { somethingAt } from "../handoff/folder-digest";

/** Parameters and metrics as the training script declared them. */
export interface DeclaredValues {
  readonly parameters: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * Reads the file `$SLIPWAY_DECLARED` that a training script without MLflow may write:
 * `{"parameters": {"depth": 3}, "metrics": {"auc": 0.71}}`.
 *
 * @throws InvalidInputError when it stands there and is something else
 */
export async function readDeclaredValues(file: string): Promise<DeclaredValues> {
  if (!(await somethingAt(file))) return { parameters: {}, metrics: {} };
  const problems = new Problems();
  const { parameters = {}, metrics = {} } = parse(await readFile(file, "utf8"), problems);
  for (const [name, value] of Object.entries(metrics)) {
    if (typeof value !== "number") {
      problems.add(
        `metrics.${name}`,
        value,
        "is no number",
        "Write metrics as JSON numbers; leave out what was not measured.",
      );
    }
  }
  problems.throwIfAny("$SLIPWAY_DECLARED");
  return {
    parameters: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, textOf(value)])),
    metrics: metrics as Readonly<Record<string, number>>,
  };
}

interface Declared {
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly metrics?: Readonly<Record<string, unknown>>;
}

function parse(text: string, problems: Problems): Declared {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Reported below, like any other text that is no JSON object.
  }
  problems.add("$SLIPWAY_DECLARED", text, "is no JSON object", 'Write {"parameters": {...}, "metrics": {...}}.');
  return {};
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
