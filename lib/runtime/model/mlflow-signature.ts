import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import type { ModelSignature, SignatureColumn } from "../../blueprint/serving/model-signature";
import { canonicalText } from "../../blueprint/manifest/canonical-text";
import { InvalidInputError } from "../../blueprint/problems";
import { somethingAt } from "../handoff/folder-digest";

const modelFile = "MLmodel";

/**
 * The signature that an MLflow model states in its `MLmodel` file: of the folder itself, or of its only sub-folder with such a file.
 *
 * @returns `null` when the folder holds no MLflow model, or one without a signature
 * @throws InvalidInputError when the file cannot be read as MLflow writes it
 */
export async function mlflowSignature(folder: string): Promise<ModelSignature | null> {
  const file = await mlflowModelFile(folder);
  if (file === null) return null;
  try {
    const { signature } = parse(await readFile(file, "utf8")) as { readonly signature?: Stated | null };
    if (signature === undefined || signature === null) return null;
    return { inputs: columnsOf(signature.inputs), outputs: columnsOf(signature.outputs) };
  } catch (error) {
    throw new InvalidInputError(`model folder ${folder}`, [
      {
        path: `${modelFile}: signature`,
        value: undefined,
        says: `cannot be read (${error instanceof Error ? error.message : String(error)})`,
        remedy: "Save the model with a released MLflow, and do not edit the file.",
      },
    ]);
  }
}

/** JSON texts inside the YAML. */
interface Stated {
  readonly inputs?: string | null;
  readonly outputs?: string | null;
}

/** Path of a model's `MLmodel`: in the folder itself, or in its only sub-folder with such a file; `null` when there is none. */
export async function mlflowModelFile(folder: string): Promise<string | null> {
  if (await somethingAt(join(folder, modelFile))) return join(folder, modelFile);
  const found: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const file = join(folder, entry.name, modelFile);
    if (entry.isDirectory() && (await somethingAt(file))) found.push(file);
  }
  return found.length === 1 ? found[0]! : null;
}

function columnsOf(text: string | null | undefined): readonly SignatureColumn[] {
  if (text === null || text === undefined) return [];
  const columns = JSON.parse(text) as readonly Readonly<Record<string, unknown>>[];
  return columns.map(({ name, required, optional, ...type }) => ({
    name: typeof name === "string" ? name : null,
    type: typeof type.type === "string" && Object.keys(type).length === 1 ? type.type : oneLine(type),
    required: required !== false && optional !== true,
  }));
}

/** Keys in order, so that two models with the same type have the same text. */
function oneLine(type: object): string {
  return JSON.stringify(JSON.parse(canonicalText(type)));
}
