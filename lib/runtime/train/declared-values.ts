import { readFile } from "node:fs/promises";
import { Problems } from "../../blueprint/problems";
import { somethingAt } from "../handoff/folder-digest";

/** Parameters and metrics as the training script declared them. */
export interface DeclaredValues {
  readonly parameters: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number>>;
}

/** The same with what else the script's own file may say. */
export interface DeclaredFile extends DeclaredValues {
  /** Score from which a row is selected when the model is served; `null` when none is named. */
  readonly decisionThreshold: number | null;
}

/**
 * Reads the file `$SLIPWAY_DECLARED` that a training script may write: `{"decisionThreshold": 0.31}`, and without
 * MLflow also `{"parameters": {"depth": 3}, "metrics": {"auc": 0.71}}`.
 *
 * @throws InvalidInputError when it stands there and is something else
 */
export async function readDeclaredValues(file: string): Promise<DeclaredFile> {
  if (!(await somethingAt(file))) return { parameters: {}, metrics: {}, decisionThreshold: null };
  const problems = new Problems();
  const { parameters = {}, metrics = {}, decisionThreshold = null } = parse(await readFile(file, "utf8"), problems);
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
  if (decisionThreshold !== null && typeof decisionThreshold !== "number") {
    problems.add("decisionThreshold", decisionThreshold, "is no number", "Write a score on the model's scale.");
  }
  problems.throwIfAny("$SLIPWAY_DECLARED");
  return {
    parameters: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, textOf(value)])),
    metrics: metrics as Readonly<Record<string, number>>,
    decisionThreshold: decisionThreshold as number | null,
  };
}

interface Declared {
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly metrics?: Readonly<Record<string, unknown>>;
  readonly decisionThreshold?: unknown;
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
