import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { InvalidInputError } from "../../blueprint/problems";
import { digestHex } from "../handoff/folder-digest";

/** `baseline.json`: which models the candidate is compared with. */
export interface BaselineDocument {
  readonly kind: "slipway.baseline";
  readonly version: 1;
  /** The model in production; `null` only when no promotion record of that environment exists. */
  readonly production: { readonly digest: string; readonly version: string; readonly record: string } | null;
  /** Fixed anchors of the policy, by model digest. */
  readonly anchors: readonly string[];
}

const file = "baseline.json";

/** Folder of the production model inside the baseline hand-off. */
export const productionFolder = "production";

/** Folder of an anchor inside the baseline hand-off, and name of its predictions. */
export function anchorName(digest: string): string {
  return `anchor-${digestHex(digest).slice(0, 12)}`;
}

export async function writeBaseline(folder: string, document: BaselineDocument): Promise<void> {
  await writeFile(join(folder, file), `${JSON.stringify(document, null, 2)}\n`);
}

/** @throws InvalidInputError when the folder holds no baseline that this version understands */
export async function readBaseline(folder: string): Promise<BaselineDocument> {
  const text = await readFile(join(folder, file), "utf8").catch(() => "null");
  const value = JSON.parse(text) as Partial<BaselineDocument> | null;
  if (value?.kind !== "slipway.baseline" || value.version !== 1) {
    throw new InvalidInputError(join(folder, file), [
      { path: "kind", value: value?.kind, says: "is no baseline of version 1", remedy: "Run slipway baseline again." },
    ]);
  }
  return value as BaselineDocument;
}
